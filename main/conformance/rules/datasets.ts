import type { AssertionId } from '../../sparkplug/assertions.ts';
import { inMetric, type Mutant } from '../mutant.ts';
import type { WitnessDataSet } from '../payload-witness.ts';
import { type Check, every, type Rule, unless } from '../rule.ts';
import { metrics, nameMessage } from '../select.ts';

/** Guide 1.12: DataSets. Our gateway has none; what our codec makes of them is checked on the wire. */

/** Basic types of the specification: 1 to 15; DataSet, Bytes, File, Template and arrays are none. */
const LAST_BASIC_TYPE = 15;
const CELL_FIELDS = ['intValue', 'longValue', 'floatValue', 'doubleValue', 'booleanValue', 'stringValue'];

const everyDataSet = (judge: (dataSet: WitnessDataSet) => string | undefined): Check =>
  every(
    (recording) =>
      metrics()(recording).flatMap(({ message, metric: { dataSet, name } }) =>
        dataSet === undefined ? [] : [{ dataSet, name: `${nameMessage(message)}, ${name}` }],
      ),
    ({ name }) => name,
    ({ dataSet }) => judge(dataSet),
  );

const inDataSet = (fault: string, change: (dataSet: WitnessDataSet) => Partial<WitnessDataSet>): Mutant =>
  inMetric(
    'NBIRTH',
    `DataSet: ${fault}`,
    ({ dataSet }) => dataSet !== undefined,
    ({ dataSet }) => ({ dataSet: dataSet && { ...dataSet, ...change(dataSet) } }),
  );

const rule = (ids: readonly AssertionId[], says: string, check: Check, ...mutants: readonly Mutant[]): Rule => ({
  ids,
  says,
  check,
  mutants,
});

export const dataSetRules: readonly Rule[] = [
  rule(
    ['tck-id-payloads-dataset-column-size'],
    'each DataSet says how many columns it has',
    everyDataSet(({ columnCount, columns }) =>
      unless(columnCount === columns.length, `says ${columnCount} columns and has ${columns.length}`),
    ),
    inDataSet('says nothing of the number of columns', () => ({ columnCount: undefined })),
    inDataSet('says one column more', ({ columnCount = 0 }) => ({ columnCount: columnCount + 1 })),
  ),
  rule(
    ['tck-id-payloads-dataset-column-num-headers'],
    'each DataSet has as many column names as it says it has columns',
    everyDataSet(({ columnCount, columns }) => unless(columnCount === columns.length, 'lacks a name')),
    inDataSet('lacks a column name', ({ columns }) => ({ columns: columns.slice(1) })),
  ),
  rule(
    ['tck-id-payloads-dataset-types-def', 'tck-id-payloads-dataset-parameter-type-req'],
    'each DataSet lists the types of its columns as numbers',
    everyDataSet(({ types, columns }) =>
      unless(types.length > 0 === columns.length > 0 && types.every((type) => type >>> 0 === type), 'lists no types'),
    ),
    inDataSet('lists no types', () => ({ types: [] })),
    inDataSet('has a type that is no number of 32 bits', ({ types }) => ({ types: types.map(() => -1) })),
  ),
  rule(
    ['tck-id-payloads-dataset-types-num'],
    'each DataSet has a type for each column, and each row a cell for each column',
    everyDataSet(({ types, columns, rows }) =>
      unless(
        types.length === columns.length && rows.every((row) => row.length === columns.length),
        'differs in length',
      ),
    ),
    inDataSet('lacks a type', ({ types }) => ({ types: types.slice(1) })),
    inDataSet('lacks a cell', ({ rows }) => ({ rows: rows.map((row) => row.slice(1)) })),
  ),
  rule(
    ['tck-id-payloads-dataset-types-type', 'tck-id-payloads-dataset-types-value'],
    'each type of a column is a basic type',
    everyDataSet(({ types }) =>
      unless(
        types.every((type) => type >= 1 && type <= LAST_BASIC_TYPE),
        'has another type',
      ),
    ),
    inDataSet('has a column of DataSets', ({ types }) => ({ types: types.map(() => 16) })),
    inDataSet('has a column of type 0', ({ types }) => ({ types: types.map(() => 0) })),
  ),
  rule(
    ['tck-id-payloads-template-dataset-value'],
    'each cell of a DataSet stands in one of the six scalar fields, or is null',
    everyDataSet(({ rows }) =>
      unless(
        rows.flat().every((field) => field === undefined || CELL_FIELDS.includes(field)) && rows.flat().some(Boolean),
        'has a cell of another kind',
      ),
    ),
    inDataSet('has a cell of another kind', ({ rows }) => ({
      rows: rows.map((row) => row.map(() => 'extensionValue')),
    })),
  ),
];
