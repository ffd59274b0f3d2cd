import { type Datatype, isArrayDatatype, type MetricValue } from '../../shared/domain/metric.ts';
import { toMetricValue, toValue } from './metric-value.ts';
import { type PayloadMetric, toDatatype } from './payload.ts';

/** Why a value cannot be written to a metric, as far as the message alone tells. */
type ValueFault = 'no-value' | 'wrong-type' | 'out-of-range';

export type CommandValue =
  | { readonly isFit: true; readonly value: Exclude<MetricValue, null> }
  | { readonly isFit: false; readonly reason: ValueFault; readonly text: string };

const LARGEST_FLOAT = 3.4028234663852886e38;
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const unfit = (reason: ValueFault, text: string): CommandValue => ({ isFit: false, reason, text });

/**
 * The commanded value under the datatype that the birth gave the metric: exact, never cut. A command may name a
 * datatype too (it should not, tck-id-payloads-metric-datatype-not-req, and hosts do); where the same bytes mean
 * another value under that one, nobody knows what is meant.
 */
export function readCommandValue(metric: PayloadMetric, datatype: Datatype): CommandValue {
  if (metric.isNull) return unfit('no-value', 'null cannot be written');
  if (metric.wireKind === 'none') return unfit('no-value', 'it has no value');
  const value = toValue(datatype, metric.wireKind, metric.wireValue);
  if (value === undefined) {
    const isNumber = metric.wireKind === 'int' || metric.wireKind === 'long';
    const isOutside = isNumber && INTEGERS.has(datatype);
    return isOutside
      ? unfit('out-of-range', `${String(metric.wireValue)} is no ${datatype}`)
      : unfit('wrong-type', `a value of kind ${metric.wireKind} is no ${datatype}`);
  }
  if (metric.datatype !== undefined && !isSameUnder(metric, metric.datatype, datatype, value)) {
    return unfit('wrong-type', `the command says datatype ${metric.datatype}, the birth ${datatype}`);
  }
  return limit(datatype, value);
}

const INTEGERS: ReadonlySet<Datatype> = new Set<Datatype>([
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'UInt8',
  'UInt16',
  'UInt32',
  'UInt64',
]);

function isSameUnder(
  metric: PayloadMetric,
  ownCode: number,
  datatype: Datatype,
  value: Exclude<MetricValue, null>,
): boolean {
  const own = toDatatype(ownCode);
  if (own === datatype) return true;
  if (own === undefined || isArrayDatatype(own) || isArrayDatatype(datatype)) return false;
  const other = toMetricValue(metric, ownCode);
  if (value instanceof Uint8Array || other === undefined || typeof other === 'object') return false;
  return String(other) === String(value);
}

/** What fits the wire and still is no value of the datatype. */
function limit(datatype: Datatype, value: Exclude<MetricValue, null>): CommandValue {
  if (datatype === 'Float' && typeof value === 'number') {
    if (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT) {
      return unfit('out-of-range', `${value} is no Float`);
    }
    return { isFit: true, value: Math.fround(value) };
  }
  if (datatype === 'UUID' && !UUID_TEXT.test(String(value))) return unfit('wrong-type', 'the text is no UUID');
  if (datatype === 'DateTime' && !Number.isSafeInteger(value)) {
    return unfit('out-of-range', 'no clock can show this time');
  }
  return { isFit: true, value };
}
