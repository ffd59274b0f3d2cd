import { join } from 'node:path';
import type { ElectronApplication } from 'playwright/test';
import { expect } from '../fixtures/line.ts';
import { openWorkbench } from '../fixtures/workbench.ts';
import type { FaultRun } from './fault-run.ts';

const SHOWN_WITHIN_MS = 90_000;

/** The workbench as the gateway of the run, its window seen from its main process: that outlives its page. */
export class WindowRun {
  readonly app: ElectronApplication;

  private constructor(app: ElectronApplication) {
    this.app = app;
  }

  /** Opens the window on the line's site; every ramp is in the database, and the window shows an engine at work. */
  static async start(run: FaultRun): Promise<WindowRun> {
    const { siteFile } = await run.prepareGateway();
    const words = ['--config', siteFile, '--data', run.dataFolder];
    const { app } = await openWorkbench({ profile: join(run.line.folder, 'profile'), words });
    run.line.own(() => app.close());
    await run.open();
    const window = new WindowRun(app);
    await window.untilShown();
    return window;
  }

  /** Waits until the page says that the broker is online and its figures move. */
  async untilShown(): Promise<void> {
    const within = { timeout: SHOWN_WITHIN_MS };
    await expect.poll(() => this.#read('stage-broker'), within).toContain('online');
    const before = await this.#read('screen-overview');
    await expect.poll(async () => (await this.#read('screen-overview')) !== before, within).toBe(true);
  }

  /**
   * What Chromium says when a page leaves a click unanswered for 30 s. While a debugger is attached, as here, it holds
   * that back, so it is said by hand.
   */
  async sayUnresponsive(): Promise<void> {
    await this.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.emit('unresponsive');
    });
  }

  async stop(): Promise<{ exitCode: number | null; tookMs: number }> {
    const startedMs = performance.now();
    const process = this.app.process();
    await this.app.close();
    return { exitCode: process.exitCode, tookMs: performance.now() - startedMs };
  }

  /** Text of the page; empty while there is none. */
  #read(testId: string): Promise<string> {
    return this.app.evaluate(async ({ BrowserWindow }, id) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const script = `document.querySelector('[data-testid="${id}"]')?.innerText ?? ''`;
      const late = new Promise<string>((resolve) => setTimeout(() => resolve(''), 1_000));
      if (contents === undefined || contents.isCrashed()) return '';
      return Promise.race([contents.executeJavaScript(script) as Promise<string>, late]).catch(() => '');
    }, testId);
  }
}
