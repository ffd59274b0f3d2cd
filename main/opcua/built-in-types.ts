import type { UnfitReason } from '../../shared/domain/browsed-node.ts';
import type { Datatype } from '../../shared/domain/metric.ts';

interface BuiltInType {
  readonly name: string;
  /** What `convertValue` can make of it without loss, or why it cannot. */
  readonly datatype: Datatype | UnfitReason;
}

const NONE = 'has no datatype in Sparkplug';

/** By the number of the node in namespace 0: built-in types (OPC 10000-6, 5.1.2), and the roots beside them. */
export const BUILT_IN_TYPES: Readonly<Record<number, BuiltInType>> = {
  1: { name: 'Boolean', datatype: 'Boolean' },
  2: { name: 'SByte', datatype: 'Int8' },
  3: { name: 'Byte', datatype: 'UInt8' },
  4: { name: 'Int16', datatype: 'Int16' },
  5: { name: 'UInt16', datatype: 'UInt16' },
  6: { name: 'Int32', datatype: 'Int32' },
  7: { name: 'UInt32', datatype: 'UInt32' },
  8: { name: 'Int64', datatype: 'Int64' },
  9: { name: 'UInt64', datatype: 'UInt64' },
  10: { name: 'Float', datatype: 'Float' },
  11: { name: 'Double', datatype: 'Double' },
  12: { name: 'String', datatype: 'String' },
  13: { name: 'DateTime', datatype: 'DateTime' },
  14: { name: 'Guid', datatype: 'UUID' },
  15: { name: 'ByteString', datatype: 'Bytes' },
  16: { name: 'XmlElement', datatype: 'String' },
  17: { name: 'NodeId', datatype: NONE },
  18: { name: 'ExpandedNodeId', datatype: NONE },
  19: { name: 'StatusCode', datatype: NONE },
  20: { name: 'QualifiedName', datatype: 'String' },
  21: { name: 'LocalizedText', datatype: 'String' },
  22: { name: 'Structure', datatype: 'is a structure' },
  23: { name: 'DataValue', datatype: NONE },
  24: { name: 'BaseDataType', datatype: NONE },
  25: { name: 'DiagnosticInfo', datatype: NONE },
  // The value of an enumeration is an Int32 (OPC 10000-6, 5.2.4).
  29: { name: 'Enumeration', datatype: 'Int32' },
};

/** The datatype of a value of this built-in type and rank (OPC 10000-3, 5.6.2); `null` with the reason why not. */
export function toDatatype(
  builtIn: BuiltInType | undefined,
  valueRank: number | null,
): { readonly datatype: Datatype | null; readonly unfit: UnfitReason | null } {
  if (builtIn === undefined) return { datatype: null, unfit: 'has an unknown datatype' };
  // -1 scalar, -2 any, -3 scalar or one dimension: those may be scalar; 0 and more never are.
  if (valueRank !== null && valueRank >= 0) return { datatype: null, unfit: 'is an array' };
  return isUnfit(builtIn.datatype)
    ? { datatype: null, unfit: builtIn.datatype }
    : { datatype: builtIn.datatype, unfit: null };
}

const isUnfit = (datatype: Datatype | UnfitReason): datatype is UnfitReason => datatype.includes(' ');
