import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures/line.ts';
import { openWorkbench } from '../fixtures/workbench.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;

test('the frame is worked by keyboard, says what is wrong with its next step, and takes a change of the site back', async ({
  line,
}) => {
  test.setTimeout(240_000);
  const { siteFile } = line.plant;
  const words = ['--config', siteFile, '--data', join(line.folder, 'gateway')];
  const workbench = await openWorkbench({ profile: join(line.folder, 'profile'), words });
  const window = new WorkbenchPage(workbench.page);
  const { keyboard } = window.page;
  const get = (id: string) => window.page.getByTestId(id);
  await expect(window.stage('broker')).toContainText('online', { timeout: 60_000 });

  await test.step('palette by keyboard only', async () => {
    await keyboard.press('Control+k');
    await expect(get('palette-search')).toBeFocused();
    await keyboard.type('queue');
    await keyboard.press('Enter');
    await expect(get('screen-queue')).toBeVisible();
    await keyboard.press('Control+k');
    await keyboard.type('Filler.Process');
    await expect(get('palette-entry').filter({ hasText: 'Tags' }).first()).toBeVisible();
    await window.page.screenshot({ path: test.info().outputPath('palette.png') });
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await expect(get('screen-tags')).toBeVisible();
    await expect(get('tags-search')).toHaveValue(/^Filler\.Process/);
    await get('nav-tags').focus();
    await keyboard.press('?');
    await expect(get('shortcuts')).toContainText('Ctrl+K');
    await keyboard.press('Escape');
  });

  await test.step('a lost broker is one sentence with a next step, and is over when it is back', async () => {
    await line.broker.takeAway();
    const strip = get('notice-strip');
    await expect(strip).toContainText(/Broker .* is away/, { timeout: 10_000 });
    await expect(strip).toContainText('tried again by itself');
    await expect(strip.locator('em')).toHaveText(/^mqtt\//);
    await window.page.screenshot({ path: test.info().outputPath('notice.png') });
    await strip.getByTestId('notice-open').click();
    await line.broker.bringBack();
    await expect(strip).not.toContainText('is away', { timeout: 45_000 });
    await keyboard.press('Control+Shift+M');
    await expect(get('notice-row').filter({ hasText: 'is away' }).first()).toContainText('over at');
    await keyboard.press('Escape');
  });

  await test.step('an earlier site is taken back after its impact was read', async () => {
    await window.page.evaluate(() => globalThis.location.assign('#/oee/calendar'));
    await get('choose-shift').filter({ hasText: 'Early' }).click();
    await get('shift-from').fill('06:15');
    await get('operator').fill('Ada');
    await get('calendar-apply').click();
    await expect(get('calendar-applied')).toContainText('revision 2');
    await get('nav-changes').click();
    await expect(get('difference-row').first()).toContainText('shifts[Early]');
    for (const [width, height] of SIZES) {
      await workbench.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
        [width, height] as [number, number],
      );
      for (const theme of ['Light', 'Dark'] as const) {
        await window.chooseTheme(theme);
        const { violations } = await new AxeBuilder({ page: window.page }).setLegacyMode().analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id} at ${nodes[0]?.html ?? ''}`)).toEqual([]);
        await window.page.screenshot({ path: test.info().outputPath(`changes-${theme}-${width}.png`) });
      }
    }
    await get('revision-row').last().click();
    await expect(get('rollback-impact')).toContainText('node stays up');
    await get('rollback-apply').click();
    await expect(get('notice-strip')).toContainText('as revision 3');
    await expect.poll(() => readFile(siteFile, 'utf8')).not.toContain('06:15');
  });
  await workbench.close();
});
