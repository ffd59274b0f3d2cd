/**
 * The value server with the cases of value-limits.ts in a process of its own. Prints one line of JSON with its
 * endpoint, its namespace and what each node's rows must be, then gives the nodes the values of a round for each
 * line `{"round", "sourceTimeMs"}` of standard input and answers with an empty object.
 */
import { createInterface } from 'node:readline';
import { VALUE_CASES } from '../value-limits.ts';
import { startValueServer, VALUE_NAMESPACE } from '../value-server.ts';

/** JSON has neither NaN nor infinity nor a negative zero. */
const toText = (value: number | null): string | null =>
  value === null ? null : Object.is(value, -0) ? '-0' : String(value);

const server = await startValueServer(VALUE_CASES);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { round, sourceTimeMs } = JSON.parse(line) as { round: number; sourceTimeMs: number };
  for (const { name, steps } of VALUE_CASES) {
    const step = steps[round];
    if (step !== undefined) server.set(name, step[0], sourceTimeMs);
  }
  process.stdout.write('{}\n');
});
const nodes = VALUE_CASES.map(({ name, datatype, steps }) => ({
  name,
  datatype,
  rows: steps.map(([, value, meta]) => ({ value: toText(value), meta })),
}));
process.stdout.write(`${JSON.stringify({ endpointUrl: server.endpointUrl, namespace: VALUE_NAMESPACE, nodes })}\n`);
