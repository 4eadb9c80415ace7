// The house rules a machine can check. The layers first: dependencies point one way (ARCHITECTURE.md).
import { dirname, relative, resolve, sep } from 'node:path';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;

/** Folders of src/ that each layer may import from, besides itself. */
const allowed = { protocol: [], engine: ['protocol'], extension: ['protocol'] };

function layerOf(file) {
  const parts = relative(root, file).split(sep);
  return parts[0] === 'src' ? parts[1] : parts[0];
}

/** What is wrong with `file` importing `source`, or null. Imports are resolved, so `../engine` means what it points to. */
function layerProblem(file, source) {
  const from = layerOf(file);
  if (source === 'vscode' && from !== 'extension' && !relative(root, file).startsWith(`test${sep}`)) {
    return 'Only src/extension imports vscode.';
  }
  if (/\.node$/.test(source) && !relative(root, file).startsWith(`src${sep}engine${sep}native`)) {
    return 'Only src/engine/native loads the addon.';
  }
  if (!source.startsWith('.') || !(from in allowed)) return null;
  const to = layerOf(resolve(dirname(file), source));
  if (to === from || allowed[from].includes(to) || !(to in allowed)) return null;
  return `${from} never imports ${to}: ${from === 'protocol' ? 'the protocol imports nothing of ours' : 'they meet in src/protocol'}.`;
}

const layers = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = (node) => {
      const source = node.source?.value;
      const message = typeof source === 'string' ? layerProblem(context.filename, source) : null;
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};

const onlyNativeLoads = 'Only src/engine/native loads the addon.';

export default tseslint.config(
  { ignores: ['dist/**', 'build/**', 'out/**', 'node_modules/**', 'test/fixtures/**', '.vscode-test/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { pteron: { rules: { layers } } },
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.ts'] }, tsconfigRootDir: root } },
    rules: {
      'pteron/layers': 'error',
      'max-lines': ['error', 400],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // Ways to load a binary without naming it in an import.
    files: ['src/**/*.ts'],
    ignores: ['src/engine/native/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'dlopen', message: onlyNativeLoads }],
      'no-restricted-syntax': [
        'error',
        { selector: "Identifier[name='createRequire']", message: onlyNativeLoads },
        { selector: "CallExpression[callee.name='require']", message: onlyNativeLoads },
      ],
    },
  },
  { files: ['bench/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
);
