import * as vscode from 'vscode';
import type { Status } from './state';

/** The background of a status bar item; none is the bar's own. */
export const severityColour: Record<Status['severity'], vscode.ThemeColor | undefined> = {
  normal: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};
