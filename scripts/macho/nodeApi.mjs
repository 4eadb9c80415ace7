/** What a Mac's Node, and VS Code's, provide to addons that ask for Node-API version 8, as ours does. */
import { symbols } from 'node-api-headers';

const { js_native_api_symbols: language, node_api_symbols: node } = symbols.v8;

/** Names with their leading underscore. */
export const nodeApiSymbols = new Set([...language, ...node].map((name) => `_${name}`));
