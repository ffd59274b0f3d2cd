import { isArrayValue, type MetricChange, type MetricValue, type Sample } from '../../shared/domain/metric.ts';
import type { MappedTag } from './tag-map.ts';

/** Why a sample is not passed on; each is counted. */
export type DropReason = 'repeated' | 'within-deadband' | 'same-time-as-last';

export type MapOutcome =
  | { readonly kind: 'change'; readonly change: MetricChange }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

export const isSameValue = (a: MetricValue, b: MetricValue): boolean => {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.from(a).equals(b);
  if (a !== null && b !== null && isArrayValue(a) && isArrayValue(b)) {
    return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
  }
  return Object.is(a, b);
};

function isWithinDeadband(tag: MappedTag, last: MetricChange, sample: Sample): boolean {
  if (tag.deadbandAbsolute === undefined || last.quality !== sample.quality) return false;
  if (typeof last.value === 'bigint' && typeof sample.value === 'bigint') {
    const step = last.value > sample.value ? last.value - sample.value : sample.value - last.value;
    return Number(step) < tag.deadbandAbsolute;
  }
  if (typeof last.value !== 'number' || typeof sample.value !== 'number') return false;
  return Math.abs(sample.value - last.value) < tag.deadbandAbsolute;
}

/**
 * One sample to the change of its metric, or a counted reason why not. `last` is the change passed on before.
 *
 * Sparkplug's times are milliseconds and the historian's key is (machine, metric, time): a second value of
 * the same millisecond could not be told from a duplicate, so it is dropped here, by name, not there in
 * silence. A server that answers a new subscription with the value it already reported gives `repeated`.
 */
export function mapSample(tag: MappedTag, sample: Sample, last: MetricChange | undefined): MapOutcome {
  if (last !== undefined) {
    const isSame = isSameValue(last.value, sample.value) && last.quality === sample.quality;
    if (sample.sourceTimestampMs === last.timestampMs) {
      return { kind: 'dropped', reason: isSame ? 'repeated' : 'same-time-as-last' };
    }
    // A late sample (back-filled history) is compared with nothing: its neighbours in time are not known here.
    const isLate = sample.sourceTimestampMs < last.timestampMs;
    if (!isSame && !isLate && sample.isReadBack !== true && isWithinDeadband(tag, last, sample))
      return { kind: 'dropped', reason: 'within-deadband' };
  }
  return {
    kind: 'change',
    change: {
      deviceId: tag.deviceId,
      metricName: tag.metricName,
      datatype: tag.datatype,
      value: sample.value,
      quality: sample.quality,
      statusCode: sample.statusCode,
      timestampMs: Math.floor(sample.sourceTimestampMs),
      ...(tag.priority === 'normal' ? {} : { priority: tag.priority }),
    },
  };
}
