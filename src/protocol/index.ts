export * from './errors';
export * from './messages';
export * from './types';
export * from './voice';
