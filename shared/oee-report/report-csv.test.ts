import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsvTable } from '../testing/parse-csv.ts';
import { EARLY_FROM_MS, segmentsOf, shiftOf, stopOf } from '../testing/shift-fixture.ts';
import { CLASS_COLUMNS, CSV_SECTIONS, type CsvSection } from './csv-columns.ts';
import { csvText } from './csv-text.ts';
import { reportCsv } from './report-csv.ts';

const tableOf = (section: CsvSection, shift = shiftOf()) =>
  parseCsvTable(reportCsv([shift], { section, hasByteOrderMark: false }));

describe('a shift as CSV', () => {
  it('gives the OEE again, exactly, from its earned and planned milliseconds', () => {
    const shift = shiftOf();
    const [row] = tableOf('accounts', shift);
    const [numerator, denominator] = shift.kpis
      .find(({ id }) => id === 'oee')!
      .exact!.split('/')
      .map(BigInt);
    expect(BigInt(row!['earned_good_ms']!) * denominator!).toBe(BigInt(row!['planned_production_ms']!) * numerator!);
    expect(Number(row!['earned_good_ms']) / Number(row!['planned_production_ms'])).toBe(shift.factors.oee.value);
    expect(row!['oee_exact']).toBe(`${numerator} ÷ ${denominator}`);
  });

  it('gives the OEE again from its runs, with ideal cycles and counts alone', () => {
    const [account] = tableOf('accounts');
    const earnedMs = tableOf('runs').reduce(
      (sum, run) => sum + Number(run['ideal_cycle_ms']) * Number(run['good_count']),
      0,
    );
    expect(earnedMs / Number(account!['planned_production_ms'])).toBe(Number(account!['oee']));
  });

  it('writes an earned time that is no whole number as a fraction', () => {
    const [product] = shiftOf().products;
    const shift = shiftOf({ products: [{ ...product!, idealCycleMs: 0.7, counts: { ...product!.counts, good: 3 } }] });
    expect(tableOf('accounts', shift)[0]!['earned_good_ms']).toBe('21/10');
  });

  it('leaves earned time empty where an ideal cycle is not known', () => {
    const [product] = shiftOf().products;
    const [row] = tableOf('accounts', shiftOf({ products: [{ ...product!, idealCycleMs: null }] }));
    expect(row!['earned_good_ms']).toBe('');
  });

  it('leaves earned time empty, not 0, where no run is known', () => {
    const [row] = tableOf('accounts', shiftOf({ products: [] }));
    expect([row!['earned_good_ms'], row!['earned_total_ms']]).toEqual(['', '']);
  });

  it('has classes that sum to the wall clock of the shift', () => {
    const [row] = tableOf('accounts');
    const sumMs = CLASS_COLUMNS.reduce((sum, name) => sum + Number(row![name]), 0);
    expect(sumMs).toBe(Number(row!['length_ms']));
  });

  it.each([
    ['spring', Date.UTC(2026, 2, 28, 21), 7, '2026-03-28T22:00:00.000+01:00', '2026-03-29T06:00:00.000+02:00'],
    ['autumn', Date.UTC(2026, 9, 24, 20), 9, '2026-10-24T22:00:00.000+02:00', '2026-10-25T06:00:00.000+01:00'],
  ])('tells the true length of the night in %s, with the offset of each end', (_name, fromMs, hours, from, to) => {
    const shift = shiftOf({ segments: segmentsOf(fromMs, [['run', hours * 60]]) });
    const [row] = tableOf('accounts', shift);
    expect(row).toMatchObject({ from_local: from, to_local: to, length_ms: String(hours * 3_600_000) });
    expect(row!['from_utc']).toBe(new Date(fromMs).toISOString());
    expect(tableOf('hours', shift)).toHaveLength(hours);
  });

  it('tells the two hours of the autumn night apart that have one name', () => {
    const shift = shiftOf({ segments: segmentsOf(Date.UTC(2026, 9, 24, 20), [['run', 540]]) });
    const twice = tableOf('hours', shift).filter((row) => row['from_local']!.includes('T02:00'));
    expect(twice.map((row) => row['from_local']!.slice(-6))).toEqual(['+02:00', '+01:00']);
  });

  it('holds every section in one table, told apart by the record', () => {
    const records = tableOf('all', shiftOf({ remarks: [{ code: 'coverage-low', text: 'low' }] })).map(
      (row) => row['record'],
    );
    expect([...new Set(records)]).toEqual(CSV_SECTIONS.filter((name) => name !== 'all'));
    expect(tableOf('stops').map((row) => row['record'])).toEqual(['stops', 'stops']);
  });

  it('has the signature with the revision that was signed beside the one of now', () => {
    const head = shiftOf().shift!;
    const signature = { by: 'Anna', atMs: EARLY_FROM_MS, comment: 'seen', revision: 1, oee: 0.5 };
    const [row] = tableOf('accounts', shiftOf({ shift: { ...head, revision: 2, signature } }));
    expect(row).toMatchObject({
      revision: '2',
      signed_by: 'Anna',
      signed_revision: '1',
      signed_oee: '0.5',
      sign_comment: 'seen',
    });
  });

  it('has one row for a machine without any shift, and no figures in it', () => {
    const rows = tableOf(
      'accounts',
      shiftOf({ shift: null, segments: [], stops: [], products: [], kpis: [], isoKpis: [] }),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ from_utc: '', shift_name: '', revision: '' });
  });

  it('starts with a byte order mark when asked', () => {
    expect(reportCsv([shiftOf()], { section: 'kpis', hasByteOrderMark: true }).charCodeAt(0)).toBe(0xfeff);
    expect(reportCsv([shiftOf()], { section: 'kpis', hasByteOrderMark: false }).charCodeAt(0)).not.toBe(0xfeff);
  });
});

describe('text of others in CSV', () => {
  it.each([
    ['=cmd|/c calc!A0', "'=cmd|/c calc!A0"],
    ['+1+1', "'+1+1"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "  '=1"],
    ['\uff1d1', "'\uff1d1"],
    ['a;=1', "a;'=1"],
    ['a\n=1', "a\n'=1"],
    ['\t=1', '\\u0009=1'],
    ['a = b', 'a = b'],
    ['3-4', '3-4'],
  ])('is no formula: %j', (text, written) => {
    const [row] = parseCsvTable(csvText(['a'], [[text]]));
    expect(row!['a']).toBe(written);
  });

  it('shows signs that turn the reading direction, and control signs', () => {
    const [row] = parseCsvTable(csvText(['a'], [['x\u202ey\u0000\ud800']]));
    expect(row!['a']).toBe('x\\u202ey\\u0000\ufffd');
  });

  it('comes back as it was, whatever it is made of, when it starts like a word', () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', '"', ',', ' ', '\n', 'ß', '漢', '😀', "'") })
      .map((rest) => `a${rest}`);
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 2 })), (rows) => {
        expect(parseCsvTable(csvText(['a', 'b'], rows))).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });

  it('is harmless in every column of the report', () => {
    const evil = '=HYPERLINK("http://x","y")';
    const shift = shiftOf({
      name: evil,
      equipmentId: evil,
      basis: evil,
      remarks: [{ code: evil, text: evil }],
      stops: [stopOf({ comment: evil, cause: evil, assignedBy: evil, reasonLabel: evil, machineId: evil })],
    });
    const cells = tableOf('all', shift).flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^\s*[=+@]/.test(cell))).toEqual([]);
    expect(cells).toContain(`'${evil}`);
  });
});
