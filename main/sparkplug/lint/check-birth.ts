import { type PayloadMetric, REBIRTH_METRIC } from '../payload.ts';
import type { CaseTwins } from './case-twins.ts';
import { OrderOfTime } from './check-order.ts';
import { findTimeFault } from './check-times.ts';
import { checkValue, nameType, toWireKind } from './check-value.ts';
import type { LookedAt } from './looked-at.ts';
import { forgetScope, type KnownMetric } from './node-state.ts';
import { printValue } from './value-print.ts';

const BOOLEAN = 11;

/** The metrics of NBIRTH or DBIRTH; afterwards they are what data and commands are held against. */
export function checkBirth(looked: LookedAt, twins: CaseTwins, place: string): void {
  const { node, payload, verb, deviceId, report } = looked;
  forgetScope(node, deviceId);
  const metrics = new Map<string, KnownMetric>();
  const order = new OrderOfTime(looked);
  for (const metric of payload.metrics) {
    const name = metric.name;
    const title = name ?? `the metric with alias ${metric.alias ?? 'none'}`;
    checkBirthMetric(looked, metric, title);
    order.next(metric, title);
    if (name === undefined) continue;
    if (metrics.has(name)) report('birth-twice', `${verb} holds ${name} twice`, name);
    const twin = twins.twinOf(place, name);
    if (twin !== undefined) report('metric-case', `${name} and ${twin} differ only by letter case`, name);
    const { datatype, alias, timestampMs } = metric;
    metrics.set(name, { name, datatype, alias, lastPrint: printValue(metric), lastTimestampMs: timestampMs });
    checkAlias(looked, name, alias);
  }
  if (verb === 'NBIRTH') checkRebirthMetric(looked);
  if (deviceId !== null) node.pendingDevices.delete(deviceId);
  node.scopes.set(deviceId, { phase: 'born', metrics });
}

function checkBirthMetric({ verb, report, message }: LookedAt, metric: PayloadMetric, name: string): void {
  const { datatype, timestampMs, isNull, wireKind } = metric;
  if (metric.name === undefined || metric.name === '') {
    report('birth-name', `${name} of ${verb} has no name, required is one`, name);
  }
  if (datatype === undefined) report('birth-datatype', `${name} has no datatype, required is one`, name);
  else if (toWireKind(datatype) === undefined) {
    report(
      'birth-datatype',
      `${name} has datatype ${nameType(datatype)}, required is one that a metric may have`,
      name,
    );
  } else checkValue(metric, datatype, name, report);
  if (wireKind === 'none' && !isNull) {
    report('birth-value', `${name} has no value and not is_null, required is one of the two`, name);
  } else if (wireKind !== 'none' && isNull) {
    report('null-with-value', `${name} has is_null=true and a value, required is one of the two`, name);
  }
  if (timestampMs === undefined) {
    report('metric-time-missing', `${name} of ${verb} has no timestamp, required is one`, name);
    return;
  }
  const fault = findTimeFault(timestampMs, message.atMs);
  if (fault !== undefined) report('metric-time-implausible', `the timestamp of ${name} ${fault}`, name);
}

function checkAlias({ node, deviceId, report }: LookedAt, name: string, alias: number | bigint | undefined): void {
  if (alias === undefined) return;
  const other = node.aliases.get(alias);
  if (other === undefined) node.aliases.set(alias, { deviceId, name });
  else if (other.name !== name || other.deviceId !== deviceId) {
    const owner = other.deviceId === null ? other.name : `${other.name} of ${other.deviceId}`;
    report('alias-twice', `alias ${alias} belongs to ${owner} and to ${name}, required is one of its own`, name);
  }
}

function checkRebirthMetric({ payload, report }: LookedAt): void {
  const metric = payload.metrics.find(({ name }) => name === REBIRTH_METRIC);
  if (metric === undefined) {
    report('rebirth-metric', `NBIRTH has no metric ${REBIRTH_METRIC}, required is one`);
    return;
  }
  const { datatype, alias, wireKind, wireValue } = metric;
  if (datatype !== BOOLEAN) {
    const seen = datatype === undefined ? 'no datatype' : `the datatype ${nameType(datatype)}`;
    report('rebirth-datatype', `${REBIRTH_METRIC} has ${seen}, required is Boolean`);
  }
  if (wireKind !== 'boolean' || wireValue !== false) {
    report(
      'rebirth-value',
      `${REBIRTH_METRIC} is ${wireKind === 'boolean' ? 'true' : 'no Boolean'}, required is false`,
    );
  }
  if (alias !== undefined) report('rebirth-alias', `${REBIRTH_METRIC} has the alias ${alias}, required is none`);
}
