import { expect } from '../fixtures/line.ts';
import { query } from '../fixtures/telemetry.ts';
import { ValueServer } from '../fixtures/value-server.ts';
import { fault } from './fault.ts';

const ROUND_MS = 1_000;
const WITHIN_MS = 60_000;

fault(
  {
    number: 64,
    title: 'values at the limits of every datatype arrive as they were, live and from the buffer',
    injection:
      'NaN, both infinities, -0, the smallest and largest of each type, 64-bit integers, 1.2 MB of text, empty and NUL texts, arrays; the broker killed after the first of each, back when all are said',
    isFast: true,
  },
  async (run) => {
    const { plant, broker, own } = run.line;
    const server = await ValueServer.start();
    own(() => server.close());
    const startMs = Date.now() - 60_000;
    const timeMs = (round: number): number => startMs + round * ROUND_MS;
    await server.set(0, timeMs(0));
    const { gateway } = await run.startGateway({ change: server.inSite('Values') });
    const stored = (): Promise<Stored[]> =>
      query<Stored>(
        plant.historianUrl,
        `SELECT metric_name, value, meta FROM telemetry
           WHERE metric_name LIKE 'Exact/%' AND time >= to_timestamp(${startMs / 1_000}) ORDER BY metric_name, time`,
      );
    await expect.poll(async () => (await stored()).length, { timeout: WITHIN_MS }).toBe(server.nodes.length);

    await broker.takeAway();
    // Each in a message of its own: a second value within one publishing interval would do as well.
    for (let round = 1; round < server.roundCount; round++) {
      await server.set(round, timeMs(round));
      await run.lasts(500);
    }
    await broker.bringBack();
    run.over();
    const rowCount = server.nodes.reduce((sum, { rows }) => sum + rows.length, 0);
    await expect.poll(async () => (await stored()).length, { timeout: WITHIN_MS }).toBe(rowCount);

    const found = await stored();
    for (const { name, rows } of server.nodes) {
      const wanted = rows.map(({ value, meta }) => ({ value: value === null ? null : Number(value), meta }));
      const got = found
        .filter((row) => row.metric_name === `Exact/${name}`)
        .map(({ value, meta }) => ({ value, meta }));
      expect(got, `rows of ${name}`).toEqual(wanted);
    }
    run.note(`${rowCount} extreme values of ${server.nodes.length} nodes compared`);
    await run.settle(gateway);
  },
);

interface Stored {
  readonly metric_name: string;
  readonly value: number | null;
  readonly meta: Readonly<Record<string, unknown>> | null;
}
