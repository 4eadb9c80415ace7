import type { WhisperTokens } from '../../../../../src/engine/speech/whisper/tokens';

/** 0 … 9 are words, 10 … 19 special, 20 … 50 timestamps of 0.00 to 0.60 s. */
export const tinyTokens: WhisperTokens = {
  endOfText: 10,
  startOfTranscript: 11,
  transcribe: 14,
  translate: 15,
  startOfPrevious: 16,
  noSpeech: 18,
  noTimestamps: 19,
  firstTimestamp: 20,
  languages: { en: 12, de: 13 },
  suppress: [9, 11, 16],
  suppressAtBegin: [8, 10],
  maxInitialTimestamp: 5,
};
export const tinyVocabulary = 51;
