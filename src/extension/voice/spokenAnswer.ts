/** "Yes", "no", "the second one": an utterance as the answer to a question that is open. */
export type SpokenAnswer =
  { readonly kind: 'yes' } | { readonly kind: 'no' } | { readonly kind: 'nth'; readonly index: number };

const yes = /^(?:run it|do it|confirm|confirmed|yes,? (?:run|do) it|go ahead)$/;
/** Too easily heard in noise to let what is dangerous run. */
const weakYes = /^(?:yes|yeah|yep|sure|ok|okay|please do)$/;
const no =
  /^(?:no|nope|cancel|cancel (?:it|that)|stop|never ?mind|don'?t(?: run it| do it)?|do not(?: run it)?|none(?: of them)?)$/;
const ordinals = ['one|1|first', 'two|2|second', 'three|3|third', 'four|4|fourth', 'five|5|fifth'];
const nth = ordinals.map((words) => new RegExp(`^(?:number |option |the )?(?:${words})(?: one)?$`));

export interface OpenQuestion {
  readonly dangerous: boolean;
  /** How many there are to choose from; 1 for yes or no. */
  readonly choices: number;
}

export function spokenAnswer(text: string, { dangerous, choices }: OpenQuestion): SpokenAnswer | undefined {
  const said = text
    .toLowerCase()
    .replace(/[.,!?]+(?=\s|$)/g, '')
    .replaceAll('’', "'")
    .trim();
  if (no.test(said)) return { kind: 'no' };
  if (choices === 1) return yes.test(said) || (!dangerous && weakYes.test(said)) ? { kind: 'yes' } : undefined;
  const index = nth.findIndex((pattern) => pattern.test(said));
  return index >= 0 && index < choices ? { kind: 'nth', index } : undefined;
}
