import { version } from '../../package.json';

/** The extension's version: engine, command line and extension ship together. */
export const engineVersion: string = version;
