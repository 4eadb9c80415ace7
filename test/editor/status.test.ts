/** The status bar item tells the truth, also when nothing works. Needs code-server and Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './harness/until';
import { Workbench } from './harness/workbench';
import { samples } from './samples';

describe('a store without models', () => {
  const emptyHome = mkdtempSync(join(tmpdir(), 'pteron-empty-home-'));
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.start({ files: samples, home: emptyHome });
  });
  afterAll(async () => {
    await workbench?.stop();
    rmSync(emptyHome, { recursive: true, force: true });
  });

  it('starts no engine by itself', async () => {
    const { activationMs, version, engine } = await workbench.probe.api();
    console.log(`Pteron ${version} activated in ${activationMs.toFixed(1)} ms`);
    expect(engine.kind).toBe('stopped');
  });

  it('says what is missing and how to get it once a completion is wanted', async () => {
    await workbench.openFile('fibonacci.py');
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.type('n');
    const status = await until('the status is failed', async () => {
      const { status } = await workbench.probe.api();
      return status.kind === 'failed' ? status : undefined;
    });
    expect(status.severity).toBe('warning');
    expect(status.detail).toContain('No completion model is installed');
    expect(status.detail).toContain('npm run setup');
    await until('the item shows it', async () => (await workbench.statusLabel()).includes('No completion model'));
    await workbench.status().hover();
    await workbench.page.locator('.monaco-hover', { hasText: 'npm run setup' }).waitFor();
    await workbench.screenshot('status-no-model');
  });

  it('shows the same in the chat, as an answer that failed', async () => {
    const chat = await workbench.openChat();
    await chat.locator('textarea').fill('Is anybody there?');
    await workbench.page.keyboard.press('Enter');
    await chat.locator('.callout-error', { hasText: 'No chat model is installed' }).waitFor();
    await chat.getByRole('button', { name: 'Try again' }).waitFor();
    await workbench.screenshot('chat-no-model');
  });

  it('says that no speech model is there when somebody wants to speak, once', async () => {
    await workbench.page.keyboard.press('Control+Alt+Space');
    const notification = workbench.page.locator('.notification-list-item', { hasText: 'No speech model is installed' });
    await notification.getByRole('button', { name: 'Choose Speech Model' }).waitFor();
    await workbench.probe.command('pteron.voice.toggle');
    await until('it failed again', async () => {
      const { voice, newestLog } = await workbench.probe.api();
      const failures = newestLog.filter((line) => line.includes('voice: model_not_found'));
      return voice.kind === 'idle' && failures.length === 2;
    });
    expect(await notification.count()).toBe(1);
    await workbench.screenshot('voice-no-model');
    await workbench.probe.command('notifications.clearAll');
  });

  it('opens a menu on a click, from which suggestions can be snoozed', async () => {
    await workbench.status().click();
    const row = workbench.page.locator('.quick-input-list .monaco-list-row');
    await row.filter({ hasText: 'Restart engine' }).waitFor();
    await workbench.screenshot('status-menu');
    await row.filter({ hasText: 'Snooze' }).click();
    await row.filter({ hasText: '30 minutes' }).click();
    await workbench.probe.command('pteron.restartEngine');
    await until('suggestions are paused', async () => (await workbench.probe.api()).status.kind === 'paused');
    await workbench.probe.command('pteron.endSnooze');
    const api = await until('the engine is ready', async () => {
      const report = await workbench.probe.api();
      return report.status.kind === 'ready' ? report : undefined;
    });
    if (api.engine.kind !== 'running') throw new Error(api.engine.kind);
    console.log(`engine ready in ${api.engine.readyMs.toFixed(0)} ms`);
  });
});
