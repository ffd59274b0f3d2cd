import type { ScalarDatatype } from '../../shared/domain/metric.ts';
import { isWithin } from './integer-limits.ts';

/** The two halves that the generated encoder accepts for 64-bit fields; it cannot read a bigint. */
interface Halves {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** The fields that metrics, cells, parameters and properties have in common; a metric has bytes besides. */
export interface ScalarFields {
  intValue?: number | null;
  longValue?: Halves | number | null;
  floatValue?: number | null;
  doubleValue?: number | null;
  booleanValue?: boolean | null;
  stringValue?: string | null;
  bytesValue?: Uint8Array | null;
}

const LARGEST_FLOAT = 3.4028234663852886e38;
/** Half a character: written as UTF-8 it would make the receiver refuse the whole message. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether UTF-8 can write the text. */
export const isWritableText = (value: unknown): value is string =>
  typeof value === 'string' && !LONE_SURROGATE.test(value);

const word = new DataView(new ArrayBuffer(8));

/** Signed and unsigned numbers of 64 bits alike: the halves are those of the two's complement. */
export function toHalves(value: bigint): Halves {
  word.setBigInt64(0, value);
  return { low: word.getInt32(4), high: word.getInt32(0), unsigned: true };
}

/** Puts the value into its field (section 1.12 of our guide); false when the datatype cannot hold it. */
export function setScalar(fields: ScalarFields, datatype: ScalarDatatype, value: unknown): boolean {
  switch (datatype) {
    case 'Double':
      if (typeof value !== 'number') return false;
      fields.doubleValue = value;
      return true;
    case 'Float':
      if (typeof value !== 'number' || (Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT)) return false;
      fields.floatValue = value;
      return true;
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
      if (!isWithin(datatype, value)) return false;
      fields.intValue = value;
      return true;
    case 'Int64':
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) return false;
      fields.longValue = toHalves(value);
      return true;
    case 'UInt64':
      if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) return false;
      fields.longValue = toHalves(value);
      return true;
    case 'DateTime':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
      fields.longValue = value;
      return true;
    case 'Boolean':
      if (typeof value !== 'boolean') return false;
      fields.booleanValue = value;
      return true;
    case 'String':
    case 'Text':
    case 'UUID':
      if (!isWritableText(value)) return false;
      fields.stringValue = value;
      return true;
    case 'Bytes':
      if (!(value instanceof Uint8Array)) return false;
      fields.bytesValue = value;
      return true;
  }
}
