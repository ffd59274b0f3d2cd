import { parseArgs } from 'node:util';
import { benchEdge } from './edge-bench.ts';
import { benchPipeline } from './pipeline-bench.ts';
import { type BenchResult, describeResults } from './result.ts';

/** `npm run bench [-- NAME] [--json] [--seconds N]`: every benchmark, or the one named. */
const BENCHES: Readonly<Record<string, (seconds: number) => Promise<BenchResult[]>>> = {
  edge: benchEdge,
  pipeline: benchPipeline,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, seconds: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`there is no benchmark "${name}"; there is ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  const results = await bench(Number(values.seconds));
  if (values.json) for (const one of results) console.log(JSON.stringify(one));
  else console.log(describeResults(results));
}
process.exit(0);
