/** esbuild bundles stylesheets that a script imports. */
declare module '*.css';
