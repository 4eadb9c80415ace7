/** What the commands of scripts/speech.mjs and the benchmark bundle. */
export { makeClips } from './clips';
export { writeOurs } from './parity';
