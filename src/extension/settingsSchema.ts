/**
 * Every setting, once: its type, default, bounds and description. `settings.ts` reads them, and package.json's
 * `contributes.configuration` is generated from here (scripts/generate-manifest.mjs). Imports nothing.
 */

interface Common<T> {
  readonly default: T;
  readonly description: string;
}
interface BooleanSetting extends Common<boolean> {
  readonly type: 'boolean';
}
interface NumberSetting extends Common<number> {
  readonly type: 'number' | 'integer';
  readonly minimum: number;
  readonly maximum: number;
}
interface StringSetting extends Common<string> {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly scope?: 'machine';
}
interface SwitchesSetting extends Common<Readonly<Record<string, boolean>>> {
  readonly type: 'object';
}
/** Checked by the engine, which says which item is wrong and why. */
interface ListSetting extends Common<readonly unknown[]> {
  readonly type: 'array';
  readonly items: Readonly<Record<string, unknown>>;
  /** A workspace, which may be a stranger's, must not say what spoken words run. */
  readonly scope: 'application';
}
export type Setting = BooleanSetting | NumberSetting | StringSetting | SwitchesSetting | ListSetting;

const boolean = (value: boolean, description: string): BooleanSetting => ({
  type: 'boolean',
  default: value,
  description,
});
const integer = (value: number, minimum: number, maximum: number, description: string): NumberSetting => ({
  type: 'integer',
  default: value,
  minimum,
  maximum,
  description,
});
const number = (value: number, minimum: number, maximum: number, description: string): NumberSetting => ({
  ...integer(value, minimum, maximum, description),
  type: 'number',
});
const string = (value: string, description: string): StringSetting => ({ type: 'string', default: value, description });
const machineString = (description: string): StringSetting => ({ ...string('', description), scope: 'machine' });

export const settingsSchema = {
  'completion.enabled': boolean(true, 'Suggest code as you type.'),
  'completion.languages': {
    type: 'object',
    default: { '*': true, plaintext: false, markdown: false, scminput: false, log: false },
    description: 'Turn suggestions on or off for a language id; `*` stands for every language not listed.',
  },
  'completion.model': string(
    '',
    'Id of the model that completes code. Empty: the first installed completion model. Run **Pteron: Choose Completion Model** to pick one.',
  ),
  'completion.maxTokens': integer(64, 8, 512, 'Longest suggestion, in tokens.'),
  'completion.multiline': {
    type: 'string',
    default: 'auto',
    enum: ['auto', 'always', 'never'],
    enumDescriptions: [
      'On an empty line and after an opening of a block.',
      'Wherever a suggestion is made.',
      'Suggestions end with the line.',
    ],
    description: 'Where a suggestion may be longer than one line.',
  },
  'completion.debounce': integer(
    30,
    0,
    2000,
    'Milliseconds to wait for the next keystroke before the model is asked. While you type fast the wait grows with the time that recent suggestions took.',
  ),
  'chat.model': string(
    '',
    'Id of the model that answers in the chat. Empty: the first installed chat model. Run **Pteron: Choose Chat Model** to pick one.',
  ),
  'chat.maxTokens': integer(1024, 16, 32768, 'Longest answer, in tokens.'),
  'chat.thinking': boolean(
    false,
    'Lets a reasoning model think before it answers, where its chat template knows of that. Its thoughts are not shown, and count toward the longest answer.',
  ),
  'chat.temperature': number(0.3, 0, 2, 'How freely answers are worded. 0 gives the same answer to the same question.'),
  'voice.model': string(
    '',
    'Id of the model that understands speech. Empty: the first installed speech model. Run **Pteron: Choose Speech Model** to pick one.',
  ),
  'voice.microphone': string(
    '',
    'Id of the microphone. Empty, or not plugged in: the system’s choice. Run **Pteron: Choose Microphone** to pick one.',
  ),
  'voice.language': string(
    'en',
    'Language that is spoken, as a code or an English name (`de`, `German`). Commands are English. Empty: the model finds out, which it does badly for a few words.',
  ),
  'voice.mode': {
    type: 'string',
    default: 'auto',
    enum: ['auto', 'command', 'dictation'],
    enumDescriptions: ['A command where one fits, text otherwise.', 'Commands only.', 'Text only.'],
    description:
      'What spoken words are in the editor and the terminal; in the chat’s input box they are text unless they are a command for the chat.',
  },
  'voice.releaseAfterSilence': integer(
    0,
    0,
    10_000,
    'Milliseconds without speech after which what was said is understood, as if the key had been let go. 0: never. A chat message is sent on command only.',
  ),
  'voice.longest': integer(60, 5, 600, 'Seconds after which listening ends by itself.'),
  'voice.partialText': boolean(true, 'Show what is understood while you speak.'),
  'voice.cleanUp': boolean(
    false,
    'Let the chat model, while it is in memory, punctuate prose that you dictate (Markdown, plain text, the chat). Text in which it changes more than case and punctuation stays as it was.',
  ),
  'voice.phrases': {
    type: 'array',
    default: [],
    scope: 'application',
    description:
      'Your own phrases, before the built-in ones: `[{ "say": "ship it", "command": "workbench.action.tasks.runTask", "args": "deploy", "confirm": true }]`. The notation is in docs/VOICE.md.',
    items: {
      type: 'object',
      required: ['say', 'command'],
      additionalProperties: false,
      properties: {
        say: { type: ['string', 'array'], items: { type: 'string' } },
        command: { type: 'string' },
        args: {},
        confirm: { type: 'boolean' },
      },
    },
  },
  home: machineString(
    'Folder of the model store. Empty: the environment variable `PTERON_HOME`, or else the usual place of the operating system.',
  ),
  memoryLimit: {
    type: 'number',
    default: 0,
    minimum: 0,
    maximum: 1024,
    description: 'Most memory a model may take, in GiB. 0: whatever the machine has available.',
  },
  logLevel: {
    type: 'string',
    default: 'info',
    enum: ['error', 'warn', 'info', 'debug'],
    description: 'How much is written to the **Pteron** output channel.',
  },
} as const satisfies Record<string, Setting>;

type Widen<T> = T extends boolean ? boolean : T extends number ? number : T extends string ? string : T;
type ValueOf<S extends Setting> = S extends { type: 'object' }
  ? Readonly<Record<string, boolean>>
  : S extends { type: 'array' }
    ? readonly unknown[]
    : S extends { enum: readonly (infer E)[] }
      ? E
      : Widen<S['default']>;

export type SettingKey = keyof typeof settingsSchema;
export type SettingValue<K extends SettingKey> = ValueOf<(typeof settingsSchema)[K]>;

/** A value as the user wrote it in settings.json → a value of the setting's type and bounds, or its default. */
export function coerceSetting<K extends SettingKey>(key: K, value: unknown): SettingValue<K> {
  const setting: Setting = settingsSchema[key];
  return (accepts(setting, value) ? value : setting.default) as SettingValue<K>;
}

function accepts(setting: Setting, value: unknown): boolean {
  switch (setting.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || value < setting.minimum || value > setting.maximum) return false;
      return setting.type === 'number' || Number.isInteger(value);
    case 'string':
      return typeof value === 'string' && (setting.enum === undefined || setting.enum.includes(value));
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && Object.values(value).every((v) => typeof v === 'boolean');
  }
}

/** `contributes.configuration.properties` of package.json. */
export function configurationProperties(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settingsSchema as Record<string, Setting>).map(([key, setting], order) => {
      const { description, ...rest } = setting;
      const values = setting.type === 'object' ? { additionalProperties: { type: 'boolean' } } : {};
      return [`pteron.${key}`, { ...rest, ...values, markdownDescription: description, order }];
    }),
  );
}
