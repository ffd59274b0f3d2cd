import { z } from 'zod';
import { isArrayDatatype } from '../domain/metric.ts';
import { CalendarConfig, OeeConfig } from './calendar.ts';
import { checkCalendar, checkOeeRules } from './check-oee.ts';
import { BrokerConfig, OpcuaServerConfig } from './connections.ts';
import { MachineConfig, ShiftConfig } from './equipment.ts';
import { HistorianConfig } from './historian.ts';
import { DisplayName, GroupId, SparkplugId } from './sparkplug-name.ts';

const SamplingClass = z
  .strictObject({
    samplingIntervalMs: z.number().int().min(0).max(3_600_000).describe('0 reports every change the server sees.'),
    queueSize: z.number().int().min(1).max(100_000).default(10).describe('Values the server keeps between reports.'),
    isExempt: z.boolean().default(false).describe('Never slowed by backpressure: machine states and counters.'),
  })
  .describe('How a group of tags is sampled by the OPC UA server.');
type SamplingClass = z.infer<typeof SamplingClass>;

const StoreAndForward = z.strictObject({
  maxMegabytes: z.number().min(1).max(100_000).default(500).describe('Bound of the buffer file, 10^6 bytes.'),
  whenFull: z.enum(['drop-oldest', 'drop-newest']).default('drop-oldest'),
  groupCommitMs: z.number().int().min(1).max(1_000).default(50).describe('Longest wait before changes are on disk.'),
  groupCommitRows: z.number().int().min(1).max(10_000).default(500),
  historyRowsPerS: z.number().int().min(100).default(20_000).describe('Share of the road given to late rows.'),
});

const Backpressure = z
  .strictObject({
    checkIntervalMs: z.number().int().min(10).default(5_000),
    activateAtRows: z.number().int().min(1).default(1_000),
    deactivateAtRows: z.number().int().min(0).default(500),
    transitionDelayMs: z.number().int().min(0).default(5_000),
    slowSamplingIntervalMs: z.number().int().min(1).default(2_000),
  })
  .refine((numbers) => numbers.deactivateAtRows < numbers.activateAtRows, {
    message: 'must be below activateAtRows, else the sampling would flap',
    path: ['deactivateAtRows'],
  });

const SiteFields = z.strictObject({
  site: z.strictObject({
    enterprise: DisplayName,
    site: DisplayName,
    area: DisplayName,
    line: DisplayName,
    timeZone: z.string().refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin'),
  }),
  sparkplug: z.strictObject({
    groupId: GroupId,
    edgeNodeId: SparkplugId,
    primaryHostId: SparkplugId.default('lineside').describe('Host the edge node waits for; our ingest answers to it.'),
    keepAliveS: z.number().int().min(1).max(3_600).default(10),
    maxPacketBytes: z
      .number()
      .int()
      .min(1_000)
      .max(268_435_455)
      .optional()
      .describe('Largest packet that the brokers take, as set there; a row that is larger is set aside by name.'),
    reorderTimeoutMs: z.number().int().min(50).max(60_000).default(2_000),
  }),
  brokers: z.array(BrokerConfig).min(1),
  storeAndForward: StoreAndForward.prefault({}),
  backpressure: Backpressure.prefault({}),
  samplingClasses: z.record(z.string(), SamplingClass).default({
    normal: { samplingIntervalMs: 250, queueSize: 10, isExempt: false },
  }),
  opcuaServers: z
    .array(OpcuaServerConfig)
    .default([])
    .describe('None at first: they are added while the gateway runs.'),
  machines: z.array(MachineConfig).default([]),
  shifts: z.array(ShiftConfig).default([]),
  calendar: CalendarConfig.prefault({}),
  oee: OeeConfig.prefault({}),
  historian: HistorianConfig.optional().describe(
    'Without it this gateway only sends: the primary host runs elsewhere.',
  ),
});

export type SiteConfig = z.infer<typeof SiteFields>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

type Report = (path: (string | number)[], message: string) => void;

function findDuplicates(names: readonly string[], report: (index: number, first: number) => void): void {
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else report(index, first);
  });
}

function checkMachine(site: SiteConfig, machine: MachineConfig, index: number, report: Report): void {
  if (!site.opcuaServers.some((server) => server.id === machine.server)) {
    const known = site.opcuaServers.map((server) => server.id).join(', ');
    report(
      ['machines', index, 'server'],
      `no server "${machine.server}"; there is ${known === '' ? 'none yet' : known}`,
    );
  }
  findDuplicates(
    machine.tags.map((tag) => tag.metric),
    (tagIndex, first) => {
      const name = machine.tags[tagIndex]?.metric ?? '';
      report(
        ['machines', index, 'tags', tagIndex, 'metric'],
        `metric name "${name}" is already used by tags[${first}]`,
      );
    },
  );
  machine.tags.forEach((tag, tagIndex) => {
    const path = ['machines', index, 'tags', tagIndex];
    if (isArrayDatatype(tag.datatype) && tag.role !== 'value') {
      report([...path, 'role'], `an array (${tag.datatype}) cannot be the ${tag.role} of a machine; leave role out`);
    }
    if (isArrayDatatype(tag.datatype) && tag.deadband !== undefined) {
      report([...path, 'deadband'], `an array (${tag.datatype}) has no single value to compare; leave deadband out`);
    }
    if (site.samplingClasses[tag.sampling] === undefined) {
      const known = Object.keys(site.samplingClasses).join(', ');
      report([...path, 'sampling'], `no sampling class "${tag.sampling}"; there is ${known}`);
    }
  });
}

/** The whole site file. Unknown keys are refused; cross references and duplicate names are checked here. */
export const SiteConfig = SiteFields.superRefine((site, context) => {
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message });
  findDuplicates(
    site.machines.map((machine) => machine.id),
    (index, first) => {
      report(
        ['machines', index, 'id'],
        `machine id "${site.machines[index]?.id ?? ''}" is already used by machines[${first}]`,
      );
    },
  );
  findDuplicates(
    site.opcuaServers.map((server) => server.id),
    (index, first) => {
      report(['opcuaServers', index, 'id'], `server id is already used by opcuaServers[${first}]`);
    },
  );
  site.machines.forEach((machine, index) => checkMachine(site, machine, index, report));
  const machineIds = site.machines.map(({ id }) => id);
  site.machines.forEach((machine, index) => checkOeeRules(machine, machineIds, ['machines', index], report));
  checkCalendar(site, machineIds, report);
  if (site.machines.filter((machine) => machine.isBottleneck).length > 1) {
    report(['machines'], 'more than one machine says isBottleneck: a line has one');
  }
});
