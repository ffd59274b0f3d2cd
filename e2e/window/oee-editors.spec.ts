import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';
import { tempFolder } from '../fixtures/plant.ts';
import { openWorkbench, type Workbench } from '../fixtures/workbench.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;

test.describe('the editors of shifts and reasons', () => {
  test.describe.configure({ mode: 'serial' });
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  let workbench: Workbench;
  let window: WorkbenchPage;
  const siteFile = (): string => join(folder.path, 'demo', 'site.yaml');
  const get = (id: string) => window.page.getByTestId(id);

  test.beforeAll(async () => {
    folder = await tempFolder();
    workbench = await openWorkbench({ profile: folder.path, words: ['--data', join(folder.path, 'demo')] });
    window = new WorkbenchPage(workbench.page);
    await expect(get('site-path')).toContainText('LINE01', { timeout: 60_000 });
  });

  test.afterAll(async () => {
    await workbench.close();
    await folder.remove();
  });

  test('refuses shifts that overlap, by their names and at the shift', async () => {
    await window.open('oee');
    await get('open-calendar').click();
    await expect(get('calendar-week')).toBeVisible();
    await get('choose-shift').filter({ hasText: 'Late' }).click();
    await get('shift-from').fill('13:00');
    await expect(get('shift-fault')).toContainText('"Late" overlaps "Early"');
    await expect(get('calendar-refused')).toContainText('shifts[1]');
    await expect(get('calendar-apply')).toBeDisabled();
    await window.page.getByRole('button', { name: 'Discard' }).click();
    await expect(get('impact-bar')).toHaveCount(0);
  });

  test('applies a break with less planned time, keeps the comments of the site file, and takes it back', async () => {
    const written = await readFile(siteFile(), 'utf8');
    const before = written
      .replace('\nshifts:', '\n# agreed with the works council\nshifts:')
      .replace('name: Early', 'name: Early # gates open');
    await writeFile(siteFile(), before);
    await get('choose-shift').filter({ hasText: 'Early' }).click();
    await get('add-break').click();
    await get('shift-breaks[0].from').fill('10:00');
    await get('shift-breaks[0].to').fill('10:30');
    await expect(get('calendar-impact')).toContainText('672 h → 658 h');
    await expect(get('calendar-impact')).toContainText('0 tags, no rebirth');
    await get('operator').fill('Ada');
    await get('calendar-apply').click();
    await expect(get('calendar-applied')).toContainText('revision 2');
    const after = await readFile(siteFile(), 'utf8');
    expect(after).toContain('from: 10:00');
    for (const comment of ['# agreed with the works council', '# gates open']) expect(after).toContain(comment);
    await get('calendar-undo').click();
    await expect(get('calendar-applied')).toHaveCount(0);
    await expect.poll(() => readFile(siteFile(), 'utf8')).not.toContain('from: 10:00');
    expect(await readFile(siteFile(), 'utf8')).toContain('# agreed with the works council');
  });

  test('draws the night of the next clock change in its true length', async () => {
    await get('next-clock-change').click();
    await expect(get('calendar-week')).toContainText(/2[35] h: clocks go (forward 02:00 → 03:00|back 03:00 → 02:00)/);
    await expect(get('calendar-week').getByRole('button', { name: /Night [79] h, Sat/ })).toBeVisible();
    await window.page.screenshot({ path: test.info().outputPath('calendar-clock-change.png') });
    await get('choose-shift').filter({ hasText: 'Night' }).click();
    await get('shift-to').fill('02:30');
    await expect(get('clock-warnings')).toContainText(/02:30 (does not exist|comes twice) on/);
    await window.page.getByRole('button', { name: 'Discard' }).click();
  });

  test('moves a shift and its end with the pointer, and by keyboard with the focus kept', async () => {
    const week = get('calendar-week');
    await window.page.getByRole('button', { name: 'Today', exact: true }).click();
    const monday = week.getByTestId('day-hours').first();
    const early = monday.getByRole('button', { name: /^Early/ });
    const pull = async (fromY: number, byPx: number): Promise<void> => {
      const box = (await early.boundingBox())!;
      const [x, y] = [box.x + 8, box.y + (fromY < 0 ? box.height + fromY : fromY)];
      await window.page.mouse.move(x, y);
      await window.page.mouse.down();
      await window.page.mouse.move(x, y + byPx / 2, { steps: 4 });
      await window.page.mouse.move(x, y + byPx, { steps: 4 });
      await window.page.mouse.up();
    };
    // 19 px are an hour.
    await pull(-3, -19);
    await expect(get('shift-to')).toHaveValue('13:00');
    await expect(get('shift-from')).toHaveValue('06:00');
    await pull(20, -38);
    await expect(get('shift-from')).toHaveValue('04:00');
    await expect(get('shift-to')).toHaveValue('11:00');
    await early.focus();
    for (let count = 0; count < 4; count += 1) await window.page.keyboard.press('ArrowDown');
    await expect(get('shift-from')).toHaveValue('05:00');
    await window.page.keyboard.press('Shift+ArrowUp');
    await expect(get('shift-to')).toHaveValue('11:45');
    await expect(early).toBeFocused();
    await window.page.screenshot({ path: test.info().outputPath('calendar-moved.png') });
    await window.page.getByRole('button', { name: 'Discard' }).click();
    await expect(get('impact-bar')).toHaveCount(0);
  });

  test('draws a new shift where nothing is planned', async () => {
    await get('choose-shift').filter({ hasText: 'Night' }).click();
    await window.page.getByRole('button', { name: 'Remove the shift' }).click();
    const hours = get('calendar-week').getByTestId('day-hours').nth(2);
    const box = (await hours.boundingBox())!;
    await window.page.mouse.move(box.x + 20, box.y + 1);
    await window.page.mouse.down();
    await window.page.mouse.move(box.x + 20, box.y + 40, { steps: 5 });
    await window.page.mouse.move(box.x + 20, box.y + 57, { steps: 5 });
    await window.page.screenshot({ path: test.info().outputPath('calendar-drawing.png') });
    await window.page.mouse.up();
    await expect(get('shift-name')).toHaveValue('New shift');
    await expect(get('shift-from')).toHaveValue('00:00');
    await expect(get('shift-to')).toHaveValue('03:00');
    await expect(get('shift-form').getByRole('checkbox', { checked: true })).toHaveCount(1);
    await window.page.getByRole('button', { name: 'Discard' }).click();
    await expect(get('impact-bar')).toHaveCount(0);
  });

  test('gives a day shifts of its own and plans a window of every week, and the site file holds both', async () => {
    const before = await readFile(siteFile(), 'utf8');
    // A Thursday that is years away changes no shift of this test.
    await get('special-date').fill('2031-12-24');
    await get('special-name').fill('Christmas Eve');
    await get('special-kind').click();
    await window.page.getByRole('option', { name: 'Other shifts' }).click();
    await get('add-special').click();
    const forms = get('special-shifts').getByTestId('shift-form');
    await expect(forms).toHaveCount(3);
    await forms.nth(2).getByRole('button', { name: 'Remove the shift' }).click();
    await forms.nth(1).getByRole('button', { name: 'Remove the shift' }).click();
    await forms.nth(0).getByTestId('shift-to').fill('25:00');
    await expect(forms.nth(0)).toContainText(/25:00|HH:MM|time/i);
    await expect(get('calendar-apply')).toBeDisabled();
    await forms.nth(0).getByTestId('shift-to').fill('10:00');

    await get('window-name').fill('Cleaning');
    await get('window-when').click();
    await window.page.getByRole('option', { name: 'Every week' }).click();
    await window.page.getByRole('group', { name: 'Days of the window' }).getByText('Wed', { exact: true }).click();
    await get('window-from').fill('13:00');
    await get('window-to').fill('13:45');
    await get('add-window').click();
    await expect(get('window-row')).toContainText('Cleaning: Maintenance every wed 13:00 – 13:45, every machine');
    await expect(get('planned-window')).toHaveText('Cleaning');
    // 45 minutes of four machines on the Wednesdays of four weeks.
    await expect(get('calendar-impact')).toContainText('Planned windows take 0 h → 12 h of machine time');
    await window.page.screenshot({ path: test.info().outputPath('calendar-special.png') });
    await get('calendar-apply').click();
    await expect(get('calendar-applied')).toBeVisible();
    const after = await readFile(siteFile(), 'utf8');
    expect(after).toContain('2031-12-24');
    expect(after).toContain('Christmas Eve');
    expect(after).toMatch(/on:\s*(\[\s*wed\s*\]|\n?\s*- wed)/);
    await get('calendar-undo').click();
    await expect.poll(() => readFile(siteFile(), 'utf8')).toBe(before);
  });

  test('adds, renames, moves and retires a reason by keyboard alone', async () => {
    const { keyboard } = window.page;
    await window.open('oee');
    await get('open-reasons').focus();
    await keyboard.press('Enter');
    const tree = get('reason-tree');
    await expect(get('reason-row').first()).toBeVisible();
    await tree.focus();
    await keyboard.press('End');
    await keyboard.press('Insert');
    await expect(get('reason-name')).toBeFocused();
    await keyboard.type('Forklift missing');
    await keyboard.press('Enter');
    const row = get('reason-row').filter({ hasText: 'Forklift' });
    await expect(row).toHaveAttribute('aria-selected', 'true');
    await expect(row).toHaveAttribute('aria-level', '3');
    await expect(tree).toBeFocused();

    await keyboard.press('F2');
    await keyboard.press('Control+A');
    await keyboard.type('Forklift away');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Control+A');
    await keyboard.type('Starved');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await get('reason-name').focus();
    await keyboard.press('Enter');
    await expect(row).toContainText('Forklift away');
    await expect(row).toHaveAttribute('aria-level', '2');

    await expect(tree).toBeFocused();
    await keyboard.press('Delete');
    await expect(row).toHaveCount(0);
    await expect(get('reason-done')).toContainText('retired');
    await get('reason-undo').focus();
    await keyboard.press('Enter');
    await expect(row).toBeVisible();
  });

  test('warns when a class takes time out of the planned production time', async () => {
    await get('reason-search').fill('jam');
    await get('reason-row').filter({ hasText: 'Jam' }).click();
    await get('reason-class').click();
    await window.page.getByRole('option', { name: 'Planned' }).click();
    await expect(get('class-warning')).toContainText('leave the planned production time');
    await get('reason-search').fill('');
  });

  test('adds a person by the name of the user', async () => {
    await get('add-me').click();
    await expect(get('person-name')).not.toHaveValue('');
    await get('person-name').press('Enter');
    await expect(get('person')).toHaveCount(1);
  });

  for (const [width, height] of SIZES) {
    for (const theme of ['Light', 'Dark'] as const) {
      test(`has no serious accessibility fault (${theme}, ${width} x ${height})`, async () => {
        await workbench.app.evaluate(
          ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size),
          [width, height] as [number, number],
        );
        await window.chooseTheme(theme);
        for (const editor of ['calendar', 'reasons'] as const) {
          await window.open('oee');
          await get(`open-${editor}`).click();
          await expect(get(`screen-${editor}`)).toBeVisible();
          await get(editor === 'calendar' ? 'choose-shift' : 'reason-row')
            .first()
            .click();
          const { violations } = await new AxeBuilder({ page: window.page }).setLegacyMode().analyze();
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
          expect(serious.map(({ id, nodes }) => `${editor}: ${id} at ${nodes[0]?.html ?? ''}`)).toEqual([]);
          const overflow = await window.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow, `${editor} needs no sideways scrolling`).toBeLessThanOrEqual(0);
          await window.page.screenshot({ path: test.info().outputPath(`${editor}-${theme}-${width}.png`) });
        }
      });
    }
  }
});
