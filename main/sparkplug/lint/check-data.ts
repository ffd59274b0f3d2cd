import type { PayloadMetric } from '../payload.ts';
import { OrderOfTime } from './check-order.ts';
import { findTimeFault } from './check-times.ts';
import { checkValue, nameType } from './check-value.ts';
import type { LookedAt } from './looked-at.ts';
import type { KnownMetric } from './node-state.ts';
import { printValue } from './value-print.ts';

/** The metrics of NDATA or DDATA against their birth, where it was seen. */
export function checkData(looked: LookedAt): void {
  const { payload, verb, report } = looked;
  if (payload.metrics.length === 0) report('data-empty', `${verb} holds no metric, required is at least one`);
  const order = new OrderOfTime(looked);
  for (const metric of payload.metrics) {
    const known = findKnown(looked, metric);
    const name = known?.name ?? metric.name ?? `alias ${metric.alias ?? 'none'}`;
    checkDataMetric(looked, metric, known, name);
    order.next(metric, name);
  }
}

/** The metric of the birth that is meant; undefined when the birth was not seen, or does not know it. */
function findKnown(
  { node, verb, deviceId, report }: LookedAt,
  { name, alias }: PayloadMetric,
): KnownMetric | undefined {
  const scope = node.scopes.get(deviceId);
  if (name === undefined && alias === undefined) {
    report('data-name', `a metric of ${verb} has neither name nor alias, required is one of the two`);
    return undefined;
  }
  if (scope === undefined) return undefined;
  const owner = alias === undefined ? undefined : node.aliases.get(alias);
  const isOwn = owner !== undefined && owner.deviceId === deviceId;
  const known = scope.metrics.get(name ?? (isOwn ? owner.name : ''));
  if (known === undefined) {
    const seen =
      name ?? `alias ${alias ?? ''}${owner === undefined ? '' : `, which is ${owner.name} of another scope,`}`;
    report('data-unknown', `${seen} is not in the birth, required are metrics of the birth`, name ?? `alias ${alias}`);
    return undefined;
  }
  if (known.alias !== undefined && name !== undefined) {
    const seen = alias === undefined ? 'its name alone' : 'name and alias';
    report('alias-with-name', `${name} comes with ${seen}, required is its alias ${known.alias} alone`, name);
  }
  return known;
}

function checkDataMetric(looked: LookedAt, metric: PayloadMetric, known: KnownMetric | undefined, name: string): void {
  const { verb, report, message } = looked;
  const { datatype, timestampMs, isNull, wireKind } = metric;
  if (datatype !== undefined)
    report('data-datatype', `${name} of ${verb} has a datatype, which stands in the birth`, name);
  const bornType = known?.datatype;
  if (datatype !== undefined && bornType !== undefined && datatype !== bornType) {
    const types = `${nameType(datatype)} where the birth has ${nameType(bornType)}`;
    report('datatype-changed', `${name} is ${types}, required is the datatype of the birth`, name);
  }
  const type = bornType ?? datatype;
  if (type !== undefined) checkValue(metric, type, name, report);
  if (wireKind === 'none' && !isNull) {
    report('data-value', `${name} has no value and not is_null, required is one of the two`, name);
  } else if (wireKind !== 'none' && isNull) {
    report('null-with-value', `${name} has is_null=true and a value, required is one of the two`, name);
  }
  if (timestampMs === undefined) {
    report('metric-time-missing', `${name} of ${verb} has no timestamp, required is one`, name);
  } else {
    const fault = findTimeFault(timestampMs, message.atMs);
    if (fault !== undefined) report('metric-time-implausible', `the timestamp of ${name} ${fault}`, name);
  }
  if (known !== undefined && !metric.isHistorical) checkChanged(looked, metric, known);
}

/**
 * Report by exception. A value with the time of the last one is no new report: it repeats what a birth has just told,
 * or what a lost connection may have swallowed.
 */
function checkChanged({ report }: LookedAt, metric: PayloadMetric, known: KnownMetric): void {
  const print = printValue(metric);
  const { timestampMs } = metric;
  const isNewer = timestampMs !== undefined && timestampMs > (known.lastTimestampMs ?? Infinity);
  if (print !== undefined && print === known.lastPrint && isNewer) {
    report('data-unchanged', `${known.name} comes again with the same value and quality`, known.name);
  }
  known.lastPrint = print;
  known.lastTimestampMs = timestampMs;
}
