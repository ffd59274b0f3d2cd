import { DataType, VariantArrayType } from 'node-opcua';
import {
  type ArrayDatatype,
  type ArrayValue,
  type Datatype,
  isArrayDatatype,
  isArrayValue,
  type MetricValue,
  type ScalarValue,
  toItemDatatype,
} from '../../shared/domain/metric.ts';
import { type Conversion, convertScalar, type DecodedScalar, refuse } from './convert-scalar.ts';

/** What an OPC UA variant holds, as node-opcua decodes it. */
export interface DecodedVariant extends DecodedScalar {
  readonly arrayType: VariantArrayType;
}

/** Larger values would fill the messages and the memory of every stage behind. */
const MAX_VALUE_BYTES = 4 * 1024 * 1024;
const MAX_ITEM_COUNT = MAX_VALUE_BYTES / 8;
const NUL = '\0';

/**
 * The value of a variant as a value of the configured datatype, see `convertScalar`; an array item by item. A byte
 * string and an array of Byte are the same bytes: both are taken as Bytes and as UInt8Array. A matrix is refused,
 * because Sparkplug's arrays cannot say its shape. An empty variant is `null`, an array without items is an empty
 * array.
 */
export function convertValue(variant: DecodedVariant, datatype: Datatype): Conversion {
  const { dataType, arrayType, value } = variant;
  if (dataType === DataType.Null || value === null || value === undefined) return { isFit: true, value: null };
  if (arrayType === VariantArrayType.Matrix) return refuse('is a matrix');
  const conversion = isArrayDatatype(datatype)
    ? convertArray(variant, datatype)
    : arrayType === VariantArrayType.Scalar
      ? convertScalar(variant, datatype)
      : datatype === 'Bytes' && dataType === DataType.Byte && value instanceof Uint8Array
        ? { isFit: true as const, value: new Uint8Array(value) }
        : refuse('is an array');
  return conversion.isFit && isTooLarge(conversion.value) ? refuse('is too large') : conversion;
}

function convertArray({ dataType, arrayType, value }: DecodedVariant, datatype: ArrayDatatype): Conversion {
  if (arrayType === VariantArrayType.Scalar) {
    const isBytes = datatype === 'UInt8Array' && dataType === DataType.ByteString && value instanceof Uint8Array;
    return isBytes ? { isFit: true, value: Array.from(value) } : refuse('is no array');
  }
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!isList) return refuse('has another datatype');
  const list = value as ArrayLike<unknown> & Iterable<unknown>;
  if (list.length > MAX_ITEM_COUNT) return refuse('is too large');
  const itemDatatype = toItemDatatype(datatype);
  const items: Exclude<ScalarValue, null>[] = [];
  for (const item of list) {
    const conversion = convertScalar(toScalar(dataType, item), itemDatatype);
    if (!conversion.isFit) return conversion;
    if (conversion.value === null) return refuse('has an item that is null');
    // On the wire a NUL ends each text: one inside would make two items of one.
    if (typeof conversion.value === 'string' && conversion.value.includes(NUL)) {
      return refuse('has an item with a NUL character');
    }
    items.push(conversion.value);
  }
  // All were converted to the same datatype, so all are of one kind, and none is Bytes.
  return { isFit: true, value: items as unknown as ArrayValue };
}

/** Items of an array of Variant say each for itself what they are. */
function toScalar(dataType: DataType, item: unknown): DecodedScalar {
  if (dataType !== DataType.Variant || typeof item !== 'object' || item === null) return { dataType, value: item };
  const inner = item as Partial<DecodedVariant>;
  if (inner.dataType === undefined || inner.arrayType !== VariantArrayType.Scalar) return { dataType, value: item };
  return { dataType: inner.dataType, value: inner.value };
}

function isTooLarge(value: MetricValue): boolean {
  if (typeof value === 'string') return Buffer.byteLength(value) > MAX_VALUE_BYTES;
  if (value instanceof Uint8Array) return value.byteLength > MAX_VALUE_BYTES;
  if (value === null || !isArrayValue(value)) return false;
  let textBytes = 0;
  for (const item of value) if (typeof item === 'string') textBytes += Buffer.byteLength(item) + 1;
  return textBytes > MAX_VALUE_BYTES;
}
