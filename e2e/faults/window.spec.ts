import { expect } from '../fixtures/line.ts';
import { fault } from './fault.ts';
import { WindowRun } from './window-run.ts';

const BLOCKED_MS = 5_000;
const HUNG_MS = 5_000;

fault(
  {
    number: 55,
    title: 'a page that crashes three times costs nothing; it comes back by itself and shows the engine',
    injection: '`forcefullyCrashRenderer` three times, each when the page is back',
    needsWindow: true,
  },
  async (run) => {
    const window = await WindowRun.start(run);
    for (let turn = 0; turn < 3; turn++) {
      await window.app.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
      });
      const sinceMs = performance.now();
      await window.untilShown();
      run.note(`shown again after ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`);
    }
    run.over();
    await run.settle(window);
  },
);

fault(
  {
    number: 55,
    title: 'a page in an endless loop costs nothing; it is ended, loaded again and shows the engine',
    injection:
      "an endless loop in the page; Chromium's event `unresponsive`, which a debugger holds back, said by hand after 5 s",
    needsWindow: true,
  },
  async (run) => {
    const window = await WindowRun.start(run);
    await window.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.executeJavaScript('for (;;);').catch(() => {});
    });
    const sinceMs = performance.now();
    await run.lasts(HUNG_MS);
    await window.sayUnresponsive();
    await window.untilShown();
    run.note(`shown again after ${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`);
    run.over();
    await run.settle(window);
  },
);

fault(
  {
    number: 56,
    title: 'a GPU process that is killed costs nothing, and the window shows the engine',
    injection: 'SIGKILL to the GPU process',
    needsWindow: true,
  },
  async (run) => {
    const window = await WindowRun.start(run);
    const findGpu = (): Promise<number | undefined> =>
      window.app.evaluate(({ app }) => app.getAppMetrics().find(({ type }) => type === 'GPU')?.pid);
    const processId = await findGpu();
    if (processId === undefined) throw new Error('this Electron has no GPU process');
    process.kill(processId, 'SIGKILL');
    await expect.poll(async () => (await findGpu()) ?? processId, { timeout: 20_000 }).not.toBe(processId);
    await window.untilShown();
    run.over();
    await run.settle(window);
  },
);

fault(
  {
    number: 56,
    title: 'a main process that is blocked for 5 s, three times, costs nothing',
    injection: 'a busy loop of 5 s in the main process, three times with 2 s between them',
    needsWindow: true,
  },
  async (run) => {
    const window = await WindowRun.start(run);
    for (let turn = 0; turn < 3; turn++) {
      await window.app.evaluate((_electron, blockedMs) => {
        const untilMs = performance.now() + blockedMs;
        while (performance.now() < untilMs);
      }, BLOCKED_MS);
      await run.lasts(2_000);
    }
    run.over();
    await window.untilShown();
    await run.settle(window);
  },
);
