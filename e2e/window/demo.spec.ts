import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';
import { inRepository } from '../fixtures/child-process.ts';
import { tempFolder } from '../fixtures/plant.ts';
import { openWorkbench, type Workbench } from '../fixtures/workbench.ts';
import { SCREENS, WorkbenchPage } from '../pages/workbench-page.ts';

const MACHINES = ['Filler', 'Capper', 'Labeller', 'Palletiser'];

test.describe('the workbench without a site file', () => {
  test.describe.configure({ mode: 'serial' });
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  let workbench: Workbench;
  let window: WorkbenchPage;

  test.beforeAll(async () => {
    folder = await tempFolder();
    workbench = await openWorkbench({ profile: folder.path, words: ['--data', join(folder.path, 'demo')] });
    window = new WorkbenchPage(workbench.page);
  });

  test.afterAll(async () => {
    await workbench.close();
    await folder.remove();
  });

  test('opens on the demo line and shows live OEE of four machines and the line', async () => {
    await expect(window.page.getByTestId('site-path')).toContainText('LINE01', { timeout: 60_000 });
    await window.open('oee');
    for (const id of ['line', ...MACHINES]) {
      const tile = window.page.getByTestId(`oee-${id}`);
      await expect(tile.getByTestId('oee-figure')).toHaveText(/\d/, { timeout: 60_000 });
      await expect(tile).toContainText(/coverage/i);
    }
  });

  test('shows every stage of the pipeline at work, with the latency to the row', async () => {
    await window.open('overview');
    for (const stage of ['servers', 'mapping', 'buffer', 'broker', 'ingest', 'historian'] as const) {
      await expect(window.stage(stage)).toBeVisible();
    }
    await expect.poll(() => window.readDurationMs('latency-p50')).toBeGreaterThan(0);
    const p50Ms = await window.readDurationMs('latency-p50');
    expect(await window.readDurationMs('latency-p99')).toBeGreaterThanOrEqual(p50Ms);
    await expect.poll(() => window.readNumber('flow-0')).toBeGreaterThan(0);
  });

  test('shows live values that move, with quality and age', async () => {
    await window.open('tags');
    await expect.poll(() => window.readNumber('tags-count')).toBe(44);
    const row = window.page.getByTestId('tag-row').filter({ hasText: 'Process/Pressure' }).first();
    const before = await row.innerText();
    await expect.poll(() => row.innerText()).not.toBe(before);
  });

  test('finds tags by search', async () => {
    await window.open('tags');
    await window.page.getByRole('textbox').first().fill('Palletiser.Counts');
    await expect.poll(() => window.page.getByTestId('tag-row').count()).toBe(2);
    await window.page.getByRole('textbox').first().fill('');
  });

  test('is worked by keyboard: Ctrl+1 to Ctrl+4 open the screens', async () => {
    for (const [index, screen] of SCREENS.entries()) {
      await window.page.keyboard.press(`Control+${index + 1}`);
      await expect(window.page.getByTestId(`screen-${screen}`)).toBeVisible();
    }
  });

  for (const theme of ['Light', 'Dark'] as const) {
    test(`has no serious accessibility fault on any screen (${theme})`, async () => {
      await window.chooseTheme(theme);
      for (const screen of SCREENS) {
        await window.open(screen);
        // Electron gives no second page, which axe would use to look into frames; there are none.
        const { violations } = await new AxeBuilder({ page: window.page }).setLegacyMode().analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${screen}: ${id} at ${nodes[0]?.html ?? ''}`)).toEqual([]);
      }
    });
  }

  // `LINESIDE_SCREENSHOTS=1 npm run e2e -- demo` renews the pictures of the README.
  test('is drawn at both sizes in both themes', async () => {
    const isForReaders = process.env['LINESIDE_SCREENSHOTS'] === '1';
    const folderOfPictures = isForReaders ? inRepository('docs/images') : folder.path;
    if (isForReaders) {
      // Pictures of a line that has run for a while say more.
      test.setTimeout(600_000);
      await new Promise((resolve) => setTimeout(resolve, 240_000));
    }
    await mkdir(folderOfPictures, { recursive: true });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await workbench.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
        [width, height] as [number, number],
      );
      for (const theme of ['Light', 'Dark'] as const) {
        await window.chooseTheme(theme);
        for (const screen of SCREENS) {
          await window.open(screen);
          const overflow = await window.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow, `${screen} at ${width} x ${height} needs no sideways scrolling`).toBeLessThanOrEqual(0);
          const size = width === 1280 ? '' : '-wide';
          await window.page.screenshot({ path: join(folderOfPictures, `${screen}-${theme.toLowerCase()}${size}.png`) });
        }
      }
    }
  });

  // Last: Playwright waits for the refused navigation for ever.
  test('keeps the page shut in: no Node, no foreign address, no new window', async () => {
    const before = window.page.url();
    const seen = await window.page.evaluate(async () => ({
      node: typeof (globalThis as { require?: unknown }).require,
      opened: globalThis.open('https://example.com') === null,
      fetched: await fetch('https://example.com').then(
        () => 'answered',
        () => 'refused',
      ),
    }));
    expect(seen).toEqual({ node: 'undefined', opened: true, fetched: 'refused' });
    await window.page.evaluate(() => globalThis.location.assign('https://example.com'));
    await expect.poll(() => window.page.url()).toBe(before);
    expect(workbench.app.windows()).toHaveLength(1);
  });
});
