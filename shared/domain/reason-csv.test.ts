import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsvTable } from '../testing/parse-csv.ts';
import { Reason, ReasonTimeClass } from './reason.ts';
import { formatReasons, parseReasons } from './reason-csv.ts';

const reasonOf = (change: Partial<Reason>): Reason => ({
  reasonId: 'jam',
  parentReasonId: null,
  names: { en: 'Jam' },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...change,
});

const HEAD = 'reasonId,parentReasonId,timeClass,isPlanned,retiredAt,name:en,name:de';
const faultsOf = (text: string): unknown => {
  const parsed = parseReasons(text);
  return parsed.phase === 'refused' ? parsed.faults : parsed;
};

test('a table has a row for each reason and a column for each language', () => {
  const reasons = [
    reasonOf({ names: { en: 'Jam, infeed', de: 'Stau "Einlauf"' } }),
    reasonOf({ reasonId: 'film', parentReasonId: 'jam', isPlanned: true, retiredAtMs: 0 }),
  ];
  expect(parseCsvTable(formatReasons(reasons))).toEqual([
    {
      reasonId: 'jam',
      parentReasonId: '',
      timeClass: 'failure',
      isPlanned: 'no',
      retiredAt: '',
      'name:en': 'Jam, infeed',
      'name:de': 'Stau "Einlauf"',
    },
    {
      reasonId: 'film',
      parentReasonId: 'jam',
      timeClass: 'failure',
      isPlanned: 'yes',
      retiredAt: '1970-01-01T00:00:00.000Z',
      'name:en': 'Jam',
      'name:de': '',
    },
  ]);
});

test('whatever reasons there are, their table is read back as they were', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter(isNameOfReason);
  const reasons = fc.uniqueArray(
    fc.record({
      reasonId: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
      parentReasonId: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)),
      names: fc.record({ en: name, de: name }, { requiredKeys: ['en'] }),
      timeClass: fc.constantFrom(...ReasonTimeClass.options),
      isPlanned: fc.boolean(),
      retiredAtMs: fc.option(fc.integer({ min: 0, max: 2 ** 41 })),
    }),
    { selector: ({ reasonId }) => reasonId, minLength: 1, maxLength: 10 },
  );
  fc.assert(
    fc.property(reasons, (all) => {
      expect(parseReasons(formatReasons(all))).toEqual({ phase: 'parsed', reasons: all });
    }),
    { numRuns: 50 },
  );
});

const isNameOfReason = (text: string): boolean => {
  const parsed = Reason.safeParse(reasonOf({ names: { en: text } }));
  return parsed.success && parsed.data.names['en'] === text && text.trim() === text;
};

test('a name that a spreadsheet would run as a formula gets an apostrophe in front', () => {
  expect(formatReasons([reasonOf({ names: { en: '=1+1' } })])).toContain(",'=1+1\r\n");
});

test('a table of a spreadsheet with semicolons, a byte order mark and an empty last row is read', () => {
  const text = '\ufeffname:en;timeClass;reasonId\nJam, infeed;failure;jam\n;;\n';
  expect(parseReasons(text)).toEqual({ phase: 'parsed', reasons: [reasonOf({ names: { en: 'Jam, infeed' } })] });
});

test('all faults of a table are told with row and column', () => {
  const text = [
    HEAD,
    'jam,,failure,no,,Jam,',
    'Jam 2,,failure,no,,Second jam,',
    'late,,run,perhaps,someday,,',
    'jam,,failure,no,,Jam again,',
    'film,,failure,no,,Film,Folie,more',
  ].join('\n');
  expect(faultsOf(text)).toEqual([
    { row: 3, column: 'reasonId', text: 'may hold a-z, 0-9 and - (at most 64)' },
    { row: 4, column: 'isPlanned', text: 'perhaps is neither yes nor no' },
    { row: 4, column: 'retiredAt', text: 'someday is no time such as 2026-03-28T06:00:00Z' },
    { row: 4, column: 'name:en', text: 'has no name in English (en)' },
    { row: 4, column: 'timeClass', text: expect.stringContaining('Invalid option') as unknown },
    { row: 5, column: 'reasonId', text: 'jam stands in row 2 already' },
    { row: 6, column: null, text: 'has 8 cells, the head has 7: put text with a separator into quotes' },
  ]);
});

test('rows are counted as the file has them, also after a cell of two lines', () => {
  const text = `${HEAD}\njam,,failure,no,,"Jam\nof film",\nfilm,,failure,maybe,,Film,`;
  expect(faultsOf(text)).toContainEqual({ row: 4, column: 'isPlanned', text: 'maybe is neither yes nor no' });
});

test.each([
  ['', { row: null, column: null, text: 'the table is empty' }],
  [`${HEAD}\n`, { row: null, column: null, text: 'the table has a head and no reason' }],
  ['reasonId,timeClass\n', { row: 1, column: 'name:en', text: 'the head has no column name:en' }],
  [`${HEAD}\n"jam`, { row: 2, column: null, text: 'a cell begins with a quote and has none at its end' }],
])('a table that is none is refused: %j', (text, fault) => {
  expect(faultsOf(text)).toContainEqual(fault);
});
