import type { LanguageModelInfo, Program } from './addonTypes';

/** What the addon says of a method that may be a language model; null where it is none. */
export function languageModelOf(program: Program, method: string): LanguageModelInfo | null {
  try {
    return program.languageModel(method);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'program_unsupported') return null;
    throw error;
  }
}
