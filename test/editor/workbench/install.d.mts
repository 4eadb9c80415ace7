export interface WorkbenchPaths {
  readonly node: string;
  readonly nodePackage: string;
  readonly entry: string;
  readonly vscode: string;
  readonly gyp: string;
}
export function workbenchPaths(dest: string): WorkbenchPaths;
export function installWorkbench(dest: string, log?: (line: string) => void): Promise<WorkbenchPaths>;
