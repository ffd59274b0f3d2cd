import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';
import { ScriptedLine } from '../fixtures/scripted-line.ts';
import { observeSince, recomputeShift } from '../fixtures/shift-rows.ts';
import { byTime, MachineStory } from '../fixtures/story.ts';
import { openWorkbench, type Workbench } from '../fixtures/workbench.ts';
import { OeePage } from '../pages/oee-page.ts';
import { SCREENS, WorkbenchPage } from '../pages/workbench-page.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const IDEAL_MS = 24_000;
const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;

/** `22:30` of a time, in UTC. */
const clockOf = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

test.describe('the OEE screens of a line that told two shifts', () => {
  test.describe.configure({ mode: 'serial' });
  // The earlier shift of four hours is over, the next one has run for half an hour.
  const nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const earlyMs = nowMs - 270 * MINUTE_MS;
  const lateMs = earlyMs + 4 * HOUR_MS;
  let line: ScriptedLine;
  let workbench: Workbench;
  let window: WorkbenchPage;
  let oee: OeePage;

  test.beforeAll(async () => {
    line = await ScriptedLine.start({
      machines: [
        { id: 'Filler', fields: { idealCycleMs: IDEAL_MS, isBottleneck: true } },
        { id: 'Packer', fields: { idealCycleMs: IDEAL_MS } },
      ],
      shifts: [
        { name: 'Early', days: DAYS, from: clockOf(earlyMs), to: clockOf(lateMs) },
        { name: 'Late', days: DAYS, from: clockOf(lateMs), to: clockOf(lateMs + 8 * HOUR_MS) },
      ],
      timeZone: 'UTC',
    });
    workbench = await openWorkbench({
      profile: join(line.folder, 'profile'),
      words: ['--config', line.siteFile, '--data', join(line.folder, 'gateway')],
    });
    window = new WorkbenchPage(workbench.page);
    oee = new OeePage(workbench.page);
    const filler = new MachineStory('Filler', earlyMs)
      .run(80 * MINUTE_MS, 30_000, 20)
      .stop(12 * MINUTE_MS, { reason: 'Cap jam' })
      .run(60 * MINUTE_MS, 30_000)
      .stop(8 * MINUTE_MS, { state: 'Stopped' })
      .run(80 * MINUTE_MS, 30_000, 10)
      .run(12 * MINUTE_MS, 30_000)
      .stop(7 * MINUTE_MS, { state: 'Stopped' })
      .run(10 * MINUTE_MS, 30_000);
    const packer = new MachineStory('Packer', earlyMs)
      .run(82 * MINUTE_MS, 30_000)
      .stop(11 * MINUTE_MS, { state: 'Suspended', isStarved: true })
      .run(176 * MINUTE_MS, 30_000);
    await line.untilWatched();
    await line.play(byTime([filler, packer]));
    await observeSince(line.historianUrl, ['Filler', 'Packer'], earlyMs - MINUTE_MS);
    await window.open('oee');
    await expect(window.page.getByTestId('oee-Filler')).toBeVisible({ timeout: 60_000 });
  });

  test.afterAll(async () => {
    await workbench?.close();
    await line?.close();
  });

  test('the page of a machine shows of an ended shift what the rows of the database say', async () => {
    await oee.openMachine('Filler');
    await oee.chooseShift('Early');
    await expect(window.page.getByTestId('shift-head')).toContainText(
      `${clockOf(earlyMs)}–${clockOf(lateMs)} UTC, 4 h`,
    );
    const told = await recomputeShift(line.historianUrl, 'Filler', earlyMs, lateMs, IDEAL_MS);
    expect(told.totalCount, 'the story is in the database').toBeGreaterThan(400);
    await expect.poll(() => oee.readKpi('oee'), { timeout: 90_000 }).toBe((told.oee * 100).toFixed(1));
    expect(await oee.readKpi('availability')).toBe((told.availability * 100).toFixed(1));
    expect(await oee.readKpi('performance')).toBe((told.performance * 100).toFixed(1));
    expect(await oee.readKpi('quality')).toBe((told.quality * 100).toFixed(1));
    const basis = window.page.getByTestId('basis');
    await expect(basis.locator('[data-figure="count:total"]')).toHaveText(`${told.totalCount} made`);
    await expect(basis.locator('[data-figure="count:good"]')).toHaveText(`${told.goodCount} good`);
    await expect(window.page.getByTestId('stop-row')).toHaveCount(2);
    await expect(window.page.getByTestId('stop-row').filter({ hasText: 'Cap jam' })).toContainText('12:00');
    // With 24 s for a part that takes 30 s, speed cost more than both stops.
    const slowMinutes = Math.round((told.runMs - IDEAL_MS * told.totalCount) / MINUTE_MS);
    await expect(window.page.getByTestId('most-costly')).toContainText(`slow cycles cost ${slowMinutes} min`);
  });

  test('every figure of the machine page and of the overview answers why in two clicks', async () => {
    test.slow();
    const seen = new Set<string>();
    const askAll = async (): Promise<void> => {
      for (const { equipment, figure } of await oee.figures()) {
        const ofWhom = equipment === null ? '' : `[data-equipment="${equipment}"]`;
        const button = window.page.locator(`[data-figure="${figure}"]${ofWhom}`).first();
        if (seen.has(`${equipment} ${figure}`)) continue;
        seen.add(`${equipment} ${figure}`);
        await test.step(`${equipment ?? ''} ${figure}`, async () => {
          await oee.askWhy(button);
          const term = window.page.getByTestId('explain-term').first();
          await term.click();
          await expect(window.page.getByTestId('explain-pieces')).toBeVisible();
          await oee.closeDrawer();
        });
      }
    };
    await askAll();
    await window.page.getByTestId('kpi-set').getByText('ISO 22400-2').click();
    await askAll();
    await window.page.getByTestId('kpi-set').getByText('OEE', { exact: true }).click();
    await window.page.getByRole('button', { name: '‹ OEE' }).click();
    await expect(window.page.getByTestId('fleet-grid')).toBeVisible();
    await askAll();
    expect(seen.size).toBeGreaterThan(30);
  });

  test('the samples behind a figure are those of the database, with source time, receipt and quality', async () => {
    await oee.openMachine('Filler');
    await oee.chooseShift('Early');
    await window.page.locator('[data-figure="class:failure"]').first().click();
    await window.page.getByTestId('explain-term').first().click();
    const sample = window.page.getByTestId('sample-row').filter({ hasText: 'Aborted' }).first();
    await expect(sample).toContainText(clockOf(earlyMs + 80 * MINUTE_MS));
    await expect(sample).toContainText(/good/i);
    await oee.closeDrawer();
  });

  test('a reason is given, a stop cut and the cut taken back without a mouse', async () => {
    await window.page.keyboard.press(`Control+${SCREENS.indexOf('oee') + 1}`);
    await oee.tabTo('[data-testid="oee-Filler"] [data-testid="open-machine"]');
    await window.page.keyboard.press('Enter');
    await expect(window.page.getByTestId('machine-name')).toHaveText('Filler');
    await oee.tabTo('[data-testid="shift-chooser"]');
    await window.page.keyboard.press('ArrowDown');
    await expect(window.page.getByRole('option', { name: 'Early' }).first()).toBeVisible();
    while ((await window.page.locator('[data-combobox-selected]').innerText()).includes('Early') === false)
      await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Enter');
    await expect(window.page.getByTestId('shift-head')).toContainText('Early');
    const open = window.page.getByTestId('stop-row').filter({ hasText: 'no reason yet' });
    await expect(open).toHaveCount(1);
    const openStop = async (): Promise<void> => {
      await oee.tabTo('[data-testid="timeline-mark"]');
      await window.page.keyboard.press('End');
      for (let step = 0; step < 20; step += 1) {
        const isStop = await window.page.evaluate(() => document.activeElement?.getAttribute('data-stop') === 'true');
        if (isStop) break;
        await window.page.keyboard.press('ArrowLeft');
      }
      await window.page.keyboard.press('Enter');
      await expect(window.page.getByTestId('stop-drawer')).toBeVisible();
    };

    await openStop();
    await expect(window.page.getByTestId('reason-picker')).toBeFocused();
    await window.page.keyboard.type('Jam');
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Enter');
    await oee.tabTo('[data-testid="reason-comment"]');
    await window.page.keyboard.type('bottle under the starwheel');
    await oee.tabTo('[data-testid="operator"]');
    await window.page.keyboard.type('M. Huber');
    await oee.tabTo('[data-testid="assign"]');
    await window.page.keyboard.press('Enter');
    const row = window.page.getByTestId('stop-row').filter({ hasText: 'M. Huber' });
    await expect(row).toContainText('Jam');
    await expect(row).toContainText('bottle under the starwheel');
    await expect(open).toHaveCount(0);

    await openStop();
    await oee.tabTo('[data-testid="split"]');
    await window.page.keyboard.press('Enter');
    await expect(window.page.getByTestId('stop-row')).toHaveCount(3);
    await openStop();
    await oee.tabTo('[data-testid="merge"]');
    await window.page.keyboard.press('Enter');
    await expect(window.page.getByTestId('stop-row')).toHaveCount(2);
    await expect(row).toContainText('8:00');
  });

  test('Andon fills the window, says the state with letter, timer and counts, and Escape leaves it', async () => {
    await window.page.keyboard.press('Control+Shift+A');
    await expect(window.page.getByTestId('andon-state')).toBeVisible();
    await expect(window.page.getByTestId('andon-word')).toHaveText(/\w/);
    await expect(window.page.getByTestId('andon-timer')).toHaveText(/^\d\d:\d\d:\d\d$/);
    await expect(window.page.getByTestId('andon-oee')).toHaveText(/\d|–/);
    await expect(window.page.getByTestId('andon-good')).toHaveText(/\d|–/);
    await expect(window.page.getByTestId('nav-oee')).toHaveCount(0);
    for (const [width, height] of SIZES) {
      await workbench.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
        [width, height] as [number, number],
      );
      // A virtual display may give a pixel less.
      await expect.poll(() => window.page.evaluate((wanted) => Math.abs(innerWidth - wanted), width)).toBeLessThan(3);
      const overflow = await window.page.evaluate(() => {
        const screen = document.querySelector('[data-testid="screen-andon"]')!;
        const blocks = [...screen.querySelectorAll('*')].filter((block) => block.getBoundingClientRect().width > 0);
        const right = Math.max(...blocks.map((block) => block.getBoundingClientRect().right));
        const bottom = Math.max(...blocks.map((block) => block.getBoundingClientRect().bottom));
        return { right: right - innerWidth, bottom: bottom - innerHeight };
      });
      expect(overflow.right, `nothing is cut at ${width} x ${height}`).toBeLessThanOrEqual(1);
      expect(overflow.bottom, `nothing is cut at ${width} x ${height}`).toBeLessThanOrEqual(1);
      await window.page.screenshot({ path: test.info().outputPath(`andon-${width}.png`) });
    }
    await window.page.keyboard.press('Escape');
    await expect(window.page.getByTestId('screen-oee')).toBeVisible();
  });

  for (const [width, height] of SIZES) {
    for (const theme of ['Light', 'Dark'] as const) {
      test(`has no serious accessibility fault (${theme}, ${width} x ${height})`, async () => {
        await workbench.app.evaluate(
          ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
          [width, height] as [number, number],
        );
        const check = async (name: string): Promise<void> => {
          const { violations } = await new AxeBuilder({ page: window.page }).setLegacyMode().analyze();
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
          expect(
            serious.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ html }) => html).join(' ')}`),
          ).toEqual([]);
          await window.page.screenshot({ path: test.info().outputPath(`${name}-${theme}-${width}.png`) });
        };
        await window.open('oee');
        await window.chooseTheme(theme);
        await expect(window.page.getByTestId('oee-Filler')).toBeVisible();
        await check('oee');
        await oee.openMachine('Filler');
        await oee.chooseShift('Early');
        await expect(window.page.getByTestId('stop-row')).toHaveCount(2);
        await check('machine');
        await oee.askWhy(window.page.getByTestId('kpi-oee').locator('[data-figure]'));
        await window.page.getByTestId('explain-term').first().click();
        await check('explain');
        await oee.closeDrawer();
        await window.page
          .getByRole('button', { name: /the stop of/ })
          .first()
          .click();
        await check('stop');
        await oee.closeDrawer();
        await window.page.keyboard.press('Control+Shift+A');
        await expect(window.page.getByTestId('andon-state')).toBeVisible();
        await check('andon');
        await window.page.keyboard.press('Escape');
        const overflow = await window.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
      });
    }
  }
});
