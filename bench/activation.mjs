/**
 * The extension's activation in the real workbench: code-server with the VSIX installed, opened in headless Chromium.
 * The extension measures itself and says so in its output channel, which VS Code keeps as a file.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { installVsix, startCodeServer } from '../scripts/start/codeServer.mjs';
import { summarize } from './statistics.mjs';

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];
const measured = /activated in ([0-9.]+) ms/;

function readActivation(dataFolder) {
  const logs = join(dataFolder, 'user', 'logs');
  const files = readdirSync(logs, { recursive: true }).filter((name) => /Pteron.*\.log$/.test(name));
  const times = files.map((name) => measured.exec(readFileSync(join(logs, name), 'utf8'))?.[1]).filter(Boolean);
  return times.map(Number);
}

/** One fresh profile, one page load a time. */
export async function measureActivation({ server, vsix, folder, executable, times, log }) {
  const data = mkdtempSync(join(tmpdir(), 'pteron-activation-'));
  try {
    await installVsix(server, data, vsix);
    const running = await startCodeServer(server, data, { folder, port: 0 });
    try {
      const browser = await chromium.launch({ executablePath: executable, args: browserFlags });
      for (let index = 1; index <= times; index++) {
        const page = await browser.newPage();
        await page.goto(running.url);
        for (let waited = 0; readActivation(data).length < index; waited += 250) {
          if (waited > 60_000) throw new Error('The extension did not activate within a minute.');
          await sleep(250);
        }
        await page.close();
        await sleep(1000);
      }
      await browser.close();
    } finally {
      await running.stop();
    }
    const result = summarize(readActivation(data));
    log(`extension activation ${result.median.toFixed(1)} ms`);
    return result;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
