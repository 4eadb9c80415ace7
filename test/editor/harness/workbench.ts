/** The workbench in a browser, in the words of its user. */
import { join } from 'node:path';
import { chromium as playwright, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { browserArguments } from './browser';
import { chromium, screenshots } from './paths';
import { Probe } from './probe';
import { startServer, type Server, type ServerOptions } from './server';
import { until } from './until';

export type WorkbenchOptions = Omit<ServerOptions, 'extensionsFolder'>;

export class Workbench {
  private constructor(
    readonly page: Page,
    readonly probe: Probe,
    readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async start(options: WorkbenchOptions): Promise<Workbench> {
    const server = await startServer({ ...options, extensionsFolder: inject('extensionsFolder') });
    const browser = await playwright.launch({ executablePath: chromium, args: browserArguments });
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const workbench = new Workbench(page, new Probe(server.probeSocket), server, browser);
    try {
      await page.goto(server.url);
      await workbench.untilReady();
    } catch (error) {
      await workbench.screenshot('start-failed');
      const logs = server.logs();
      await workbench.stop();
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`);
    }
    return workbench;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Reloads the page: a new extension host, and with it a new engine. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.untilReady();
  }

  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.probe.command('workbench.action.quickOpen', name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.editor(name).waitFor();
    await this.editor(name).click();
  }

  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="${name}"]`).first();
  }

  /** The grey text at the cursor, '' if there is none. */
  async ghostText(): Promise<string> {
    const parts = await this.page
      .locator('.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text')
      .allTextContents();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  untilGhostText(timeoutMs = 90_000): Promise<string> {
    return until('ghost text is shown', async () => (await this.ghostText()).trim(), timeoutMs);
  }

  status(): Locator {
    return this.page.locator('.statusbar-item[id="pteron.pteron.pteron.status"]');
  }

  async statusLabel(): Promise<string> {
    const labelled = this.status().locator('[aria-label]').first();
    return (await labelled.getAttribute('aria-label')) ?? '';
  }

  /** Opens the side panel and waits for its page. */
  async openChat(): Promise<FrameLocator> {
    await this.probe.command('pteron.openChat');
    const frame = this.chat();
    await frame.locator('.composer textarea').waitFor();
    return frame;
  }

  /** Drags the side bar's edge; `x` in pixels from the left. */
  async resizeSideBar(x: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) throw new Error('no side bar');
    await this.page.mouse.move(box.x + box.width, 450);
    await this.page.mouse.down();
    await this.page.mouse.move(x, 450, { steps: 5 });
    await this.page.mouse.up();
  }

  chat(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').first().frameLocator('iframe#active-frame');
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
  }

  private async untilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
    await this.status().waitFor({ timeout: 60_000 });
    await until('the probe answers', () => this.probe.api(), 60_000);
  }
}
