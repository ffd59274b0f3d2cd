import { parseArgs } from 'node:util';
import { benchBuffer } from './append-bench.ts';
import { benchBrowse } from './browse-bench.ts';
import { benchDrain } from './drain-bench.ts';
import { benchEdge } from './edge-bench.ts';
import { benchHistorian } from './historian-bench.ts';
import { benchOee } from './oee-bench.ts';
import { benchPipeline } from './pipeline-bench.ts';
import { type BenchResult, describeResults } from './result.ts';
import { benchSoak } from './soak-bench.ts';
import { benchSparkplug } from './sparkplug-bench.ts';

interface Bench {
  readonly run: (seconds: number, rowCount: number) => Promise<BenchResult[]>;
  /** Length of each case where none is given. */
  readonly seconds: number;
  /** Only when named. */
  readonly isLong?: true;
}

/** Rows that dashboards look through; on the embedded server ten million take much longer than ten minutes. */
const USUAL_ROWS = process.env['LINESIDE_HISTORIAN_URL'] === undefined ? 2_000_000 : 10_000_000;

/** `npm run bench [-- NAME] [--json] [--seconds N] [--rows N]`: every benchmark but the long ones, or the one named. */
const BENCHES: Readonly<Record<string, Bench>> = {
  append: { run: benchBuffer, seconds: 30 },
  // As long as a million rows take.
  drain: { run: benchDrain, seconds: 60 },
  edge: { run: benchEdge, seconds: 60 },
  pipeline: { run: benchPipeline, seconds: 60 },
  sparkplug: { run: benchSparkplug, seconds: 4 },
  // Besides as long as the rows take that dashboards look through.
  historian: { run: benchHistorian, seconds: 36, isLong: true },
  soak: { run: benchSoak, seconds: 1_800, isLong: true },
  // As long as three days of rows take.
  oee: { run: benchOee, seconds: 0 },
  // Takes as long as the nodes take.
  browse: { run: benchBrowse, seconds: 0 },
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, seconds: { type: 'string' }, rows: { type: 'string' } },
  allowPositionals: true,
});
const usual = Object.keys(BENCHES).filter((name) => BENCHES[name]?.isLong === undefined);
for (const name of positionals.length > 0 ? positionals : usual) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`there is no benchmark "${name}"; there is ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  const results = await bench.run(
    values.seconds === undefined ? bench.seconds : Number(values.seconds),
    values.rows === undefined ? USUAL_ROWS : Number(values.rows),
  );
  if (values.json) for (const one of results) console.log(JSON.stringify(one));
  else console.log(describeResults(results));
}
process.exit(0);
