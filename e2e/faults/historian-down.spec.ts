import { BadNetwork } from '../fixtures/bad-network.ts';
import { BrokerEar } from '../fixtures/broker-ear.ts';
import { expect, test } from '../fixtures/line.ts';
import { readStatus } from '../fixtures/status-command.ts';
import { query } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

/** 5,000 values a second. */
const RAMPS = 500;
const CHANGES_PER_S = 10;
test.use({ load: { ramps: RAMPS, changesPerS: CHANGES_PER_S } });

/** After the return of the database everything is in it within this. */
const ALL_THERE_LIMIT_S = 60;
/** Fewer rows than come in a second are left to send: the history has been sent. */
const SENT_LIMIT_ROWS = RAMPS * CHANGES_PER_S;
/** Asking costs a process; the machine has the backlog to carry. */
const ASK_PERIOD_MS = 3_000;

const isLong = process.env['LINESIDE_FAULTS_LONG'] === '1';
const LENGTHS = [
  { awayS: 25, inWords: '25 s', limitS: 240 },
  ...(isLong ? [{ awayS: 600, inWords: '10 min', limitS: 2_400 }] : []),
];

for (const { awayS, inWords, limitS } of LENGTHS) {
  fault(
    {
      number: 68,
      title: `a database that is down for ${inWords} under 5,000 values/s costs nothing; all is there ${ALL_THERE_LIMIT_S} s after it is back`,
      injection: `every connection to the database reset and refused for ${inWords} by a TCP proxy, ${RAMPS * CHANGES_PER_S} values/s`,
      limitS,
    },
    async (run) => {
      const { historianUrl } = run.line.plant;
      const network = await BadNetwork.before(historianUrl);
      run.line.own(() => network.close());
      const ear = await BrokerEar.listen(run.line.broker.url);
      run.line.own(() => ear.close());
      const { gateway } = await run.startGateway({
        urls: { [historianUrl]: network.through(historianUrl) },
        change: (site) => site.replace(/historyRowsPerS: \d+/, 'historyRowsPerS: 100000'),
      });

      network.cut();
      const cutAtMs = performance.now();
      await expect.poll(() => ear.isHostOnline(), { timeout: 15_000, intervals: [100] }).toBe(false);
      await run.lasts(awayS * 1_000 - (performance.now() - cutAtMs));
      await expectToldInOneSentence(run, gateway.log);
      const held = (await readStatus(run.dataFolder)).snapshot?.buffer;
      run.note(`${held?.rowCount ?? 0} rows held in ${((held?.byteCount ?? 0) / 1e6).toFixed(0)} MB`);
      expect(ear.isHostOnline()).toBe(false);

      const [{ now } = { now: '' }] = await query<{ now: string }>(
        historianUrl,
        'SELECT clock_timestamp()::text AS now',
      );
      network.mend();
      run.over();
      await expect.poll(() => ear.isHostOnline(), { timeout: 30_000, intervals: [100] }).toBe(true);
      await expect
        .poll(async () => (await readStatus(run.dataFolder)).snapshot?.buffer.waitingCount, {
          message: 'rows not yet sent',
          timeout: limitS * 500,
          intervals: [ASK_PERIOD_MS],
        })
        .toBeLessThan(SENT_LIMIT_ROWS);
      await run.line.plant.stopLoad();
      const { backlogS, liveS } = await readArrivals(historianUrl, now);
      const backAtMs = Date.parse(now);
      const offlineCount = gateway.log.filter(
        ({ text, time }) => String(text).includes('STATE goes offline') && Date.parse(String(time)) > backAtMs,
      ).length;
      const historian = (await readStatus(run.dataFolder)).snapshot?.historian;
      run.note(
        `${historian?.duplicateCount ?? 0} rows came twice, STATE went offline ${offlineCount} times while all came in`,
      );
      run.note(`all that was held is there after ${backlogS.toFixed(1)} s, new values after ${liveS.toFixed(1)} s`);
      await run.balance(gateway, backlogS);
      expect(liveS).toBeLessThan(30);
      expect(backlogS).toBeLessThan(ALL_THERE_LIMIT_S);
    },
  );
}

/** What is broken is the database, in one sentence of the snapshot that the window draws; the log says so once. */
async function expectToldInOneSentence(
  run: FaultRun,
  log: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const { snapshot } = await readStatus(run.dataFolder);
  expect(snapshot?.historian.state).toMatchObject({ phase: 'away', code: 'historian/unreachable' });
  expect(snapshot?.attention.filter(({ severity }) => severity === 'broken')).toEqual([
    expect.objectContaining({
      stage: 'historian',
      text: expect.stringMatching(/^The historian cannot store rows: .* Values are kept in the buffer\.$/) as unknown,
    }),
  ]);
  const told = log.map(({ text }) => String(text));
  expect(told.filter((text) => text.startsWith('historian is away: '))).toHaveLength(1);
  expect(told.filter((text) => text.includes('STATE goes offline, the edge nodes keep their data'))).toHaveLength(1);
}

/** When the host received, for the first time, the last of what was measured before `backAt`, and the first after it. */
async function readArrivals(historianUrl: string, backAt: string): Promise<{ backlogS: number; liveS: number }> {
  const [row] = await query<{ backlog_s: number; live_s: number }>(
    historianUrl,
    `SELECT extract(epoch FROM max(received_at) FILTER (WHERE time < '${backAt}') - '${backAt}')::float8 AS backlog_s,
            extract(epoch FROM min(received_at) FILTER (WHERE time >= '${backAt}') - '${backAt}')::float8 AS live_s
     FROM telemetry WHERE metric_name LIKE 'Load/%'`,
  );
  return { backlogS: row?.backlog_s ?? Number.NaN, liveS: row?.live_s ?? Number.NaN };
}
