import { expect } from '../fixtures/line.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import { query } from '../fixtures/telemetry.ts';
import { fault } from './fault.ts';
import { startRamps } from './ramp-run.ts';

const LONGEST = 200 - 'Load/'.length;
/** Behind `Load.` at the server and `Load/` in the historian. */
const LEGAL_NAMES = [
  ...['+', '#', 'a+b/#c', '$SYS/broker', '$share', ' ', ' a  b ', '-', '.', '..', 'a.b.c', '0001', 'null', 'true'],
  ...['Presse 🏭', '👩‍🔧🇩🇪', 'آلة', '\u202eABC', '\u200f', 'a\u0301', '\u00e1', '\ufeff', '\u2028', '日本語', '\ufffd'],
  ...["'", '"', "x'; DROP TABLE telemetry; --", '\\', '\\N', '\\u0000', '{a,b}', '(1,2)', '%s', '${x}', '$&', '*', '?'],
  ...['__proto__', 'constructor', 'bdSeq', 'Node Control/Rebirth', ';s=x', 'ns=2', 'a=b&c', '<img src=x>', '@', '~'],
  'x'.repeat(LONGEST),
  '🏭'.repeat(Math.floor(LONGEST / 2)),
] as const;
const LEGAL_MACHINES = ['$SYS', 'Presse 🏭', 'آلة', '__proto__', "o'clock \\N", '\u202eABC', 'x'.repeat(64)] as const;

/** What is said of each is part of what the gateway says when it does not start. */
const REFUSED = [
  ['', 'is empty'],
  ['a\0b', 'holds a control character'],
  ['a\nb', 'holds a control character'],
  ['half \ud83d', 'is not valid UTF-8'],
  ['\udc00', 'is not valid UTF-8'],
  ['x'.repeat(301), 'has 301 characters'],
] as const;
const REFUSED_IDS = [
  ...REFUSED,
  ['a/b', 'holds one of + # /'],
  ['a+b', 'holds one of + # /'],
  ['#', 'holds one of + # /'],
] as const;

fault(
  {
    number: 63,
    title: 'names that MQTT and Sparkplug allow arrive as they are, however odd; others are refused at the start',
    injection: `${LEGAL_NAMES.length} odd metric names on ${LEGAL_MACHINES.length} machines of odd ids; ${REFUSED.length} metric names and ${REFUSED_IDS.length} machine ids that are empty, too long, or hold NUL, half a surrogate pair, / + #`,
    isFast: true,
  },
  async (run) => {
    const { folder, plant, own } = run.line;
    const server = await RampServer.start(folder, plant.historianUrl, {
      ramps: LEGAL_NAMES.length,
      changesPerS: 4,
      names: LEGAL_NAMES,
    });
    own(() => server.close());
    const { gateway } = await startRamps(run, { server, inSite: { machineIds: LEGAL_MACHINES } });
    await run.lasts(3_000);
    run.over();
    await run.settle(gateway);
    const rows = await query<{ machine_id: string }>(
      plant.historianUrl,
      `SELECT DISTINCT machine_id FROM telemetry WHERE metric_name LIKE 'Load/%'`,
    );
    const machineIds = rows.map(({ machine_id: id }) => id.split('/').slice(2).join('/'));
    expect(machineIds.sort()).toEqual([...LEGAL_MACHINES].sort());

    for (const { site, name, reason } of [
      ...REFUSED.map(([name, reason]) => ({ site: withMachine('Odd', name), name, reason })),
      ...REFUSED_IDS.map(([name, reason]) => ({ site: withMachine(name, 'Odd'), name, reason })),
    ]) {
      const { start } = await run.prepareGateway({ change: site });
      const { error, exitCode } = await start().refusal();
      expect(error).toContain(`"${name}" ${reason}`);
      expect(exitCode).not.toBe(0);
    }
  },
);

/** A machine with one tag of the plant's server. */
const withMachine =
  (id: string, metric: string) =>
  (siteText: string): string => {
    const tag = `      - { node: 'nsu=urn:lineside:demo-line;s=X', metric: ${JSON.stringify(metric)}, datatype: Double }`;
    const machine = `  - id: ${JSON.stringify(id)}\n    server: line\n    tags:\n${tag}`;
    return siteText.replace(/^machines:$/m, () => `machines:\n${machine}`);
  };
