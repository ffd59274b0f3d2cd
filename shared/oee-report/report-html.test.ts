import { describe, expect, it } from 'vitest';
import type { EquipmentShift } from '../domain/equipment-shift.ts';
import { EARLY_FROM_MS, segmentsOf, shiftOf, stopOf } from '../testing/shift-fixture.ts';
import { reportHtml } from './report-html.ts';
import type { ReportOptions } from './shift-report.ts';
import { toShiftReport } from './to-shift-report.ts';

const OPTIONS: ReportOptions = {
  place: { enterprise: 'Acme', site: 'SITE01', area: 'Packaging', line: 'LINE01' },
  view: 'vorne',
  generatedAtMs: EARLY_FROM_MS,
  program: 'Lineside 0.1.0',
};

const reportOf = (shift: EquipmentShift, options: Partial<ReportOptions> = {}) =>
  toShiftReport([shift], { ...OPTIONS, ...options });
const htmlOf = (shift: EquipmentShift, options: Partial<ReportOptions> = {}) => reportHtml(reportOf(shift, options));
const tableOf = (shift: EquipmentShift, title: string) =>
  reportOf(shift).sections[0]!.tables.find((table) => table.title === title)!;

describe('the shift report', () => {
  it('says whose shift it is, when it was in local time and UTC, and by which rules', () => {
    const html = htmlOf(shiftOf());
    for (const text of [
      'Acme / SITE01 / Packaging / LINE01',
      'Shift report, Filler, Early 2026-03-27',
      '2026-03-27 06:00:00 +01:00   UTC 2026-03-27T05:00:00.000Z',
      '8:00:00 in Europe/Berlin',
      'lineside-oee/2',
      'PPT 442 min (480 − 30 break − 8 unknown)',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('shows each figure rounded and as the fraction it is', () => {
    const rows = tableOf(shiftOf(), 'Figures').rows.map(({ cells }) => cells.slice(0, 3));
    expect(rows).toContainEqual(['OEE', '81.88 %', '3619/4420']);
    expect(rows).toContainEqual(['MTTR', '0:20:00', '1200000']);
  });

  it('shows ISO 22400-2 with its own labels and none of the other view', () => {
    const { headline } = reportOf(shiftOf(), { view: 'iso' });
    expect(headline.map(({ label, figure }) => [label, figure])).toEqual([
      ['Availability (APT/PBT)', '50.00 %'],
      ['OEE index', '–'],
    ]);
    expect(htmlOf(shiftOf(), { view: 'iso' })).not.toContain('ideal cycle × good parts');
  });

  it('shows a dash with its cause where a figure has no value', () => {
    expect(htmlOf(shiftOf(), { view: 'iso' })).toContain(
      '<span class="figure">–</span><span class="cause">No order is known.</span>',
    );
  });

  it('has a time account that sums to the wall clock', () => {
    expect(tableOf(shiftOf(), 'Time account').foot).toEqual(['Wall clock', '8:00:00', '28800000', '100.00 %']);
    expect(reportOf(shiftOf()).remarks).toEqual([]);
  });

  it('says it when the account and the wall clock differ', () => {
    const { accountMs } = shiftOf();
    const [remark] = reportOf(shiftOf({ accountMs: { ...accountMs, run: accountMs.run! + 5 } })).remarks;
    expect(remark!.text).toContain('differ by 5 ms');
  });

  it('finds no fault in a running shift whose figures were taken some milliseconds after its account', () => {
    const shift = shiftOf();
    const running = { ...shift.shift!, toMs: shift.shift!.toMs + 3_600_000, phase: 'running' } as const;
    expect(reportOf(shiftOf({ shift: running, takenAtMs: shift.takenAtMs + 8 })).remarks).toEqual([]);
    const short = shiftOf({ shift: running, accountMs: { ...shift.accountMs, run: shift.accountMs.run! - 5 } });
    expect(reportOf(short).remarks[0]!.text).toContain('differ by -5 ms');
  });

  it('puts what makes the figures doubtful before them all', () => {
    const html = htmlOf(shiftOf({ remarks: [{ code: 'counts-contradict', text: 'More good than made.' }] }));
    expect(html.indexOf('More good than made.')).toBeLessThan(html.indexOf('<table>'));
  });

  it('marks the stops that nobody has explained, in words', () => {
    const { rows, note } = tableOf(shiftOf(), 'Stops');
    expect(rows.map(({ mark }) => mark)).toEqual([null, 'No reason yet']);
    expect(note).toBe('1 of them has no reason yet.');
  });

  it('says who gave a reason, when and with which words', () => {
    const said = { assignedBy: 'Anna', assignedAtMs: EARLY_FROM_MS, comment: 'glue', reasonLabel: 'Film change' };
    const [row] = tableOf(shiftOf({ stops: [stopOf(said)] }), 'Stops').rows;
    expect(row!.cells.slice(-3)).toEqual(['Film change', 'Anna\n2026-03-27 06:00:00 +01:00', 'glue']);
  });

  it('names both offsets where the clocks change within the shift', () => {
    const night = shiftOf({ segments: segmentsOf(Date.UTC(2026, 9, 24, 20), [['run', 540]]) });
    const from = tableOf(night, 'Hour by hour').rows.map(({ cells }) => cells[0]);
    expect(from).toHaveLength(9);
    expect(from.slice(4, 6)).toEqual(['02:00:00 +02:00', '02:00:00 +01:00']);
    expect(htmlOf(night)).toContain('9:00:00 in Europe/Berlin');
  });

  it('can be made of a machine that never had a shift', () => {
    const nothing = {
      segments: [],
      hours: [],
      waterfall: [],
      pareto: [],
      stops: [],
      products: [],
      kpis: [],
      isoKpis: [],
    };
    const html = htmlOf(shiftOf({ ...nothing, shift: null }));
    expect(html).toContain('No shift has run yet');
    expect(html).not.toContain('NaN');
    expect(html).not.toContain('<svg viewBox="0 0 1000 ');
  });

  it('stays small with 2,000 segments', () => {
    const segments = segmentsOf(
      EARLY_FROM_MS,
      Array.from({ length: 2_000 }, (_, at) => [at % 2 ? 'failure' : 'run', 0.24] as const),
    );
    const html = htmlOf(shiftOf({ segments }));
    expect(html.length).toBeLessThan(200_000);
    // Every stop is drawn, none is merged away.
    const failures = /<path d="([^"]*)" fill="#8f1d17"/.exec(html)![1]!;
    expect(failures.match(/M/g)).toHaveLength(1_000);
  });
});

describe('the page of the report', () => {
  const EVIL = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202e\u0000</style>`;

  it('lets no text of a server or a person become markup', () => {
    const head = shiftOf().shift!;
    const signature = { by: EVIL, atMs: EARLY_FROM_MS, comment: EVIL, revision: 1, oee: null };
    const shift = shiftOf({
      equipmentId: EVIL,
      name: EVIL,
      basis: EVIL,
      mostCostly: EVIL,
      ruleset: EVIL,
      remarks: [{ code: EVIL, text: EVIL }],
      stops: [
        stopOf({ machineId: EVIL, cause: EVIL, reasonLabel: EVIL, assignedBy: EVIL, comment: EVIL, needsReason: true }),
      ],
      pareto: [{ ...shiftOf().pareto[0]!, label: EVIL, path: [EVIL] }],
      waterfall: [{ ...shiftOf().waterfall[0]!, label: EVIL, bigLoss: EVIL }],
      products: [{ ...shiftOf().products[0]!, productId: EVIL, orderId: EVIL }],
      kpis: [{ ...shiftOf().kpis[3]!, label: EVIL, exact: EVIL, formula: EVIL, cause: EVIL }],
      shift: { ...head, name: EVIL, productionDay: EVIL, revisedBecause: EVIL, signature },
    });
    const place = { enterprise: EVIL, site: EVIL, area: EVIL, line: EVIL };
    const html = htmlOf(shift, { place, program: EVIL });
    expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>|[\u0000\u202e]/);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).toContain('\\u202e');
  });

  it('runs no script, fetches nothing and says so to the browser', () => {
    const html = htmlOf(shiftOf());
    expect(html).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/<script|src=|href=|@import|https?:|url\((?!#)/);
  });

  it('names its language, its title and the head of every column and row', () => {
    const html = htmlOf(shiftOf());
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<title>Shift report, Filler, Early 2026-03-27</title>');
    const rowCount = html.match(/<tr/g)!.length;
    const tableCount = html.match(/<table>/g)!.length;
    expect(html.match(/<th scope="row"/g)).toHaveLength(rowCount - tableCount);
  });

  it('leaves lines to sign where nobody has signed', () => {
    expect(htmlOf(shiftOf())).toContain('Name and signature');
  });

  it('shows a signature of this revision and no lines', () => {
    const signature = { by: 'Anna', atMs: EARLY_FROM_MS, comment: 'seen', revision: 2, oee: 0.8188 };
    const html = htmlOf(shiftOf({ shift: { ...shiftOf().shift!, signature } }));
    expect(html).toContain('Revision 2 is signed');
    expect(html).not.toContain('Name and signature');
  });

  it('keeps the signed figure beside the new one when the shift was revised afterwards', () => {
    const signature = { by: 'Anna', atMs: EARLY_FROM_MS, comment: null, revision: 1, oee: 0.7 };
    const shift = { ...shiftOf().shift!, phase: 'revised', revisedBecause: 'late data', signature } as const;
    const html = htmlOf(shiftOf({ shift }));
    expect(html).toContain('Revised after it was signed: the signature is of revision 1.');
    expect(html).toContain('changed since (late data)');
    expect(html).toContain('70.00 %');
    expect(html).toContain('Name and signature');
  });
});
