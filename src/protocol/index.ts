export * from './errors';
export * from './listening';
export * from './messages';
export * from './types';
export * from './voice';
