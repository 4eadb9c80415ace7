import { basename, extname } from 'node:path';

/** File endings → VS Code's language ids, for where no editor says it. */
const languages: Readonly<Record<string, string>> = {
  '.c': 'c',
  '.cc': 'cpp',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.cu': 'cuda-cpp',
  '.cxx': 'cpp',
  '.go': 'go',
  '.h': 'cpp',
  '.hpp': 'cpp',
  '.java': 'java',
  '.js': 'javascript',
  '.json': 'json',
  '.jsx': 'javascriptreact',
  '.kt': 'kotlin',
  '.md': 'markdown',
  '.mjs': 'javascript',
  '.mts': 'typescript',
  '.py': 'python',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.sh': 'shellscript',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

export function languageOfPath(path: string): string {
  if (basename(path) === 'Dockerfile') return 'dockerfile';
  return languages[extname(path).toLowerCase()] ?? 'plaintext';
}
