import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import type { EquipmentShift } from '../../shared/domain/equipment-shift.ts';
import { parseCsvTable } from '../../shared/testing/parse-csv.ts';
import { readPdfText } from '../fixtures/pdf-text.ts';
import { tempFolder } from '../fixtures/plant.ts';
import { openWorkbench, type Workbench } from '../fixtures/workbench.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

interface Exposed {
  readonly lineside: {
    readonly request: { readonly oee: { shift(key: unknown): Promise<{ value: EquipmentShift }> } };
  };
}

test.describe('the shift report', () => {
  test.describe.configure({ mode: 'serial' });
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  let workbench: Workbench;
  let window: WorkbenchPage;

  test.beforeAll(async () => {
    folder = await tempFolder();
    workbench = await openWorkbench({ profile: folder.path, words: ['--data', join(folder.path, 'demo')] });
    window = new WorkbenchPage(workbench.page);
    await expect(window.page.getByTestId('site-path')).toContainText('LINE01', { timeout: 60_000 });
    await window.open('oee');
    await expect(window.page.getByTestId('oee-line').getByTestId('oee-figure')).toHaveText(/\d/, { timeout: 90_000 });
    await window.page.getByTestId('open-report').click();
  });

  test.afterAll(async () => {
    await workbench.close();
    await folder.remove();
  });

  /** The dialog of the desktop cannot be driven from here: it answers with this path instead. */
  async function answerDialog(filePath: string | null): Promise<void> {
    await workbench.app.evaluate(({ dialog }, path) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: path === null, filePath: path ?? '' });
    }, filePath);
  }

  async function save(format: 'PDF' | 'HTML' | 'CSV'): Promise<Buffer> {
    const path = join(folder.path, `report.${format.toLowerCase()}`);
    await answerDialog(path);
    await window.page.getByTestId('report-format').getByText(format, { exact: true }).click();
    await window.page.getByTestId('report-save').click();
    await expect(window.page.getByTestId('report-saved')).toContainText(path, { timeout: 60_000 });
    return readFile(path);
  }

  const readOeePercent = (): Promise<number> =>
    window.page.evaluate(async () => {
      const { request } = (globalThis as unknown as Exposed).lineside;
      const { value } = await request.oee.shift({ equipmentId: 'LINE01', shiftFromMs: null });
      return (value.factors.oee.value ?? Number.NaN) * 100;
    });

  test('is printed to PDF with page numbers and the OEE of the line', async () => {
    const before = await readOeePercent();
    const bytes = await save('PDF');
    const after = await readOeePercent();
    const { pageCount, text } = readPdfText(bytes);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pageCount).toBeGreaterThan(4);
    expect(text).toContain('Shift report, Line LINE01');
    expect(text).toContain(`Page 1 of ${pageCount}`);
    expect(text).toContain(`Page ${pageCount} of ${pageCount}`);
    const printed = Number(/OEE(\d+\.\d\d) %/.exec(text)?.[1]);
    // The shift runs on between the readings.
    expect(printed).toBeGreaterThanOrEqual(Math.min(before, after) - 0.5);
    expect(printed).toBeLessThanOrEqual(Math.max(before, after) + 0.5);
    for (const machine of ['Filler', 'Capper', 'Labeller', 'Palletiser']) expect(text).toContain(machine);
    expect(text).toContain('Sign-off');
  });

  test('leaves no window behind after printing', () => {
    expect(workbench.app.windows()).toHaveLength(1);
  });

  test('is saved as one page without scripts', async () => {
    const html = (await save('HTML')).toString('utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|https?:/);
    expect(html).toContain('Time account');
    expect(html).not.toContain('a fault of the account');
  });

  test('is saved as a table whose classes sum to the wall clock', async () => {
    const rows = parseCsvTable((await save('CSV')).toString('utf8'));
    const accounts = rows.filter((row) => row['record'] === 'accounts');
    expect(accounts.map((row) => row['equipment_id'])).toEqual([
      'LINE01',
      'Filler',
      'Capper',
      'Labeller',
      'Palletiser',
    ]);
    for (const row of accounts) {
      const sumMs = Object.entries(row).reduce(
        (sum, [name, cell]) => (name.startsWith('class_') ? sum + Number(cell) : sum),
        0,
      );
      const id = row['equipment_id'];
      const states = rows.filter((other) => other['record'] === 'timeline' && other['equipment_id'] === id);
      expect(sumMs).toBe(Date.parse(states.at(-1)!['to_utc']!) - Date.parse(row['from_utc']!));
      expect(Date.parse(row['from_local']!)).toBe(Date.parse(row['from_utc']!));
    }
  });

  test('writes nothing when the dialog is closed', async () => {
    await answerDialog(null);
    const before = await readdir(folder.path);
    await window.page.getByTestId('report-save').click();
    await expect(window.page.getByTestId('report-saved')).toBeHidden();
    await expect(window.page.getByTestId('report-save')).not.toHaveAttribute('data-loading');
    await expect(window.page.getByTestId('report-failure')).toHaveCount(0);
    expect(await readdir(folder.path)).toEqual(before);
  });

  test('says in a sentence when the file cannot be written, and leaves no half of it', async () => {
    const path = join(folder.path, 'absent', 'report.pdf');
    await answerDialog(path);
    await window.page.getByTestId('report-save').click();
    await expect(window.page.getByTestId('report-failure')).toContainText('Choose another folder');
    await expect(stat(path)).rejects.toThrow();
  });

  test('cannot be signed while the shift runs, and says why', async () => {
    await expect(window.page.getByTestId('sign-state')).toContainText('still running');
    await expect(window.page.getByTestId('sign')).toHaveCount(0);
  });
});
