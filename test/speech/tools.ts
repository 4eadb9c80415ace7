/** What the commands of scripts/speech.mjs and the benchmark bundle. */
export { makeClip, makeClips } from './clips';
export { openEngine } from './openEngine';
export { writeOurs } from './parity';
export { createListener, scoreSpoken, voices } from './spokenUtterances';
export { utteranceSet } from '../unit/engine/speech/commands/utteranceSets';
