import type { DeviceImpact, SiteChange, SiteChangeResult } from '../../shared/domain/site-change.ts';

const LISTED_NAMES = 8;

const list = (names: readonly string[]): string =>
  names.length <= LISTED_NAMES
    ? names.join(', ')
    : `${names.slice(0, LISTED_NAMES).join(', ')} and ${names.length - LISTED_NAMES} more`;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const sumMetrics = (devices: readonly DeviceImpact[]): number =>
  devices.reduce((sum, { metricCount }) => sum + metricCount, 0);

/** What happens to one machine, in one line. */
function describeMachine(machineId: string, changes: readonly SiteChange[], impact: DeviceImpact | undefined): string {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  const whole: string[] = [];
  for (const change of changes) {
    if (change.kind === 'tag-added') added.push(change.metricName);
    if (change.kind === 'tag-removed') removed.push(change.metricName);
    if (change.kind === 'tag-changed') changed.push(`${change.metricName} (${change.fields.join(', ')})`);
    if (change.kind === 'machine-added') whole.push(`new machine with ${plural(change.tagCount, 'tag')}`);
    if (change.kind === 'machine-moved') whole.push(`its values come from server ${change.serverId}`);
    if (change.kind === 'machine-removed') whole.push(`machine removed with ${plural(change.tagCount, 'tag')}`);
  }
  const parts = [
    ...whole,
    ...(added.length > 0 ? [`${added.length} added: ${list(added)}`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed: ${list(removed)}`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed: ${list(changed)}`] : []),
  ];
  const message =
    impact === undefined
      ? 'in place, no message'
      : impact.message === 'DDEATH'
        ? 'DDEATH'
        : `DBIRTH with ${plural(impact.metricCount, 'metric')}`;
  return `${machineId}: ${message}; ${parts.join('; ')}`;
}

/** What happens to the session with one server, in one line; undefined for what is no matter of a server. */
function describeServer(change: SiteChange): string | undefined {
  switch (change.kind) {
    case 'server-added':
      return `server ${change.serverId}: a session with ${change.endpointUrl} is opened`;
    case 'server-removed':
      return `server ${change.serverId}: its session with ${change.endpointUrl} is closed`;
    case 'server-changed': {
      const machines = change.machineIds.length === 0 ? '' : `; ${list(change.machineIds)} unobserved until then`;
      return `server ${change.serverId}: its session is closed and opened anew (${list(change.fields)})${machines}`;
    }
    default:
      return undefined;
  }
}

/** The sum: `DBIRTH for 1 device, 33 metrics; node stays up`. */
function describeImpact(devices: readonly DeviceImpact[]): string {
  const births = devices.filter(({ message }) => message === 'DBIRTH');
  const deaths = devices.filter(({ message }) => message === 'DDEATH');
  const parts = [
    ...(births.length > 0
      ? [`DBIRTH for ${plural(births.length, 'device')}, ${plural(sumMetrics(births), 'metric')}`]
      : []),
    ...(deaths.length > 0 ? [`DDEATH for ${plural(deaths.length, 'device')}`] : []),
  ];
  return `${parts.length === 0 ? 'no message to any host' : parts.join(', ')}; node stays up`;
}

/** What applying a site file means, or meant, for people. */
export function describeSiteChange(result: SiteChangeResult): string {
  const { phase, siteFile, changes, devices, leavingRowCount, refused, waitingServers } = result;
  if (phase === 'unchanged') return `nothing to do: the gateway runs what ${siteFile} says`;
  const lines: string[] = [];
  const byMachine = new Map<string, SiteChange[]>();
  let isLive = false;
  for (const change of changes) {
    if (change.kind === 'needs-restart') continue;
    isLive = true;
    const ofServer = describeServer(change);
    if (ofServer !== undefined) lines.push(ofServer);
    if (!('machineId' in change)) continue;
    byMachine.set(change.machineId, [...(byMachine.get(change.machineId) ?? []), change]);
  }
  for (const [machineId, ofMachine] of byMachine) {
    const impact = devices.find(({ deviceId }) => deviceId === machineId);
    lines.push(describeMachine(machineId, ofMachine, impact));
  }
  for (const change of changes) {
    if (change.kind === 'needs-restart') lines.push(`needs a restart: ${change.field} (${change.why})`);
  }
  if (leavingRowCount > 0) {
    const rows = plural(leavingRowCount, 'row');
    lines.push(
      `waiting in the buffer: at most ${rows} of what goes; what is not sent before is set aside (lineside queue deadletters)`,
    );
  }
  for (const { tagId, reason } of refused) lines.push(`refused by its server: ${tagId} (${reason}); it is tried again`);
  for (const serverId of waitingServers) lines.push(`server ${serverId} is away and gets the change when it is back`);
  const sum = isLive ? describeImpact(devices) : 'nothing that can change while the gateway runs; node stays up';
  lines.push(phase === 'planned' ? `would be: ${sum}` : `applied: ${sum}`);
  return lines.join('\n');
}

/** Whether everything that the file says runs now. */
export const isWhole = ({ changes, refused }: SiteChangeResult): boolean =>
  refused.length === 0 && changes.every(({ kind }) => kind !== 'needs-restart');
