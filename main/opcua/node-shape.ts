import { AttributeIds, type ClientSession, DataType, type NodeId, VariantArrayType } from 'node-opcua';
import { type Datatype, isArrayDatatype } from '../../shared/domain/metric.ts';
import type { NodeShape } from './to-variant.ts';

/** OPC 10000-3, 5.6.2: −3 scalar or one dimension, −2 any; those below and above them are exact. */
const isOpenRank = (rank: number | undefined): boolean => rank === undefined || rank === -2 || rank === -3;

/** In namespace 0: types without values of their own, and Enumeration, whose values are Int32. */
const ABSTRACT: ReadonlySet<number> = new Set([22, 24, 26, 27, 28]);
const ENUMERATION = 29;

/**
 * Asks the node what it takes, at each write: the type of a variable that takes any may be another one now. A type
 * that leaves it open takes what the node holds at present.
 *
 * @returns undefined where neither says it.
 * @throws an error of node-opcua.
 */
export async function readNodeShape(
  session: ClientSession,
  nodeId: NodeId,
  datatype: Datatype,
): Promise<NodeShape | undefined> {
  const attributes = [AttributeIds.DataType, AttributeIds.ValueRank, AttributeIds.Value];
  const answers = await session.read(attributes.map((attributeId) => ({ nodeId, attributeId })));
  const [typeAnswer, rankAnswer, valueAnswer] = answers;
  const present = valueAnswer?.value;
  const hasValue = present !== undefined && present.dataType !== DataType.Null;
  const typeId: unknown = typeAnswer?.statusCode.isGood() === true ? typeAnswer.value.value : undefined;
  const dataType = (await toBuiltIn(session, nodeId, typeId)) ?? (hasValue ? present.dataType : undefined);
  if (dataType === undefined) return undefined;
  const rank: unknown = rankAnswer?.statusCode.isGood() === true ? rankAnswer.value.value : undefined;
  const knownRank = typeof rank === 'number' ? rank : undefined;
  const isArrayNow = hasValue ? present.arrayType !== VariantArrayType.Scalar : isArrayDatatype(datatype);
  const isArray = isOpenRank(knownRank) ? isArrayNow : (knownRank ?? -1) >= 0;
  return { dataType, isArray, present: hasValue && !isArrayNow ? present.value : undefined };
}

/** The built-in type that a data type comes down to; undefined where it is abstract or cannot be found out. */
async function toBuiltIn(session: ClientSession, nodeId: NodeId, typeId: unknown): Promise<DataType | undefined> {
  const { namespace, value } = (typeId ?? {}) as Partial<NodeId>;
  if (namespace === 0 && typeof value === 'number') {
    if (ABSTRACT.has(value)) return undefined;
    if (value === ENUMERATION) return DataType.Int32;
    if (value >= 1 && value <= 21) return value as DataType;
  }
  try {
    const found = await session.getBuiltInDataType(nodeId);
    // node-opcua gives the number of the type in namespace 0, abstract ones included.
    if (Number(found) === ENUMERATION) return DataType.Int32;
    return ABSTRACT.has(found) || DataType[found] === undefined || found === DataType.Null ? undefined : found;
  } catch {
    // A small server may hold no types; then the present value tells.
    return undefined;
  }
}
