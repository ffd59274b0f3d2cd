import { expect } from '../fixtures/line.ts';
import { query } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';

const REFUSED_MS = 10_000;
/** Of every ramp the database refuses each value that ends in 7. */
const RULE = 'CHECK (value IS NULL OR mod(value::numeric, 10) <> 7)';

fault(
  {
    number: 70,
    title: 'rows that the database refuses are set aside with the reason, and all others are stored',
    injection: `${RULE} added to the hypertable for ${REFUSED_MS / 1_000} s`,
  },
  async (run) => {
    const { historianUrl } = run.line.plant;
    const { gateway } = await run.startGateway();
    await query(historianUrl, `ALTER TABLE telemetry ADD CONSTRAINT no_seven ${RULE} NOT VALID`);
    await run.lasts(REFUSED_MS);
    await query(historianUrl, 'ALTER TABLE telemetry DROP CONSTRAINT no_seven');
    run.over();
    const { produced, received } = await run.settle(gateway);
    // A row that is sent again may be set aside again.
    const [aside] = await query<{ n: number }>(
      historianUrl,
      `SELECT count(DISTINCT ("row" ->> 'metricName', "row" ->> 'value'))::int AS n FROM telemetry_rejected
       WHERE "row" ->> 'metricName' LIKE 'Load/%'`,
    );
    expect(aside?.n).toBeGreaterThan(100);
    expect(received + (aside?.n ?? 0)).toBe(produced);
    const reasons = await query<{ reason: string }>(historianUrl, 'SELECT DISTINCT reason FROM telemetry_rejected');
    expect(reasons).toEqual([{ reason: expect.stringContaining('no_seven') as unknown }]);
  },
);
