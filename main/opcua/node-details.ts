import {
  AccessLevelFlag,
  AttributeIds,
  type DataValue,
  type EUInformation,
  ExtensionObject,
  NodeClass,
  NodeId,
  type Range,
  type ReadValueIdOptions,
} from 'node-opcua';
import type { BrowsedNode, BrowsedVariable, BrowseFault } from '../../shared/domain/browsed-node.ts';
import { BatchedRequest, type ItemAnswer } from './batched-request.ts';
import { BUILT_IN_TYPES, toDatatype } from './built-in-types.ts';
import { type CatalogOptions, DataTypeCatalog } from './data-type-catalog.ts';
import { type LookedNode, pathOf } from './found-node.ts';
import { toNodeText } from './node-text.ts';

export interface DetailOptions extends CatalogOptions {
  readonly namespaceArray: readonly string[];
}

type Field = 'DataType' | 'ValueRank' | 'UserAccessLevel' | 'ArrayDimensions' | 'EURange' | 'EngineeringUnits';

interface Question {
  readonly looked: LookedNode;
  readonly field: Field;
  readonly request: ReadValueIdOptions;
}

type Answers = Map<LookedNode, Map<Field, unknown>>;

/** Reads what is worth knowing of variables, many at once. */
export class DetailReader {
  readonly #options: DetailOptions;
  readonly #catalog: DataTypeCatalog;
  readonly #read: BatchedRequest<ReadValueIdOptions, DataValue>;

  constructor(options: DetailOptions) {
    this.#options = options;
    this.#catalog = new DataTypeCatalog(options);
    this.#read = new BatchedRequest({
      pacer: options.pacer,
      mostItems: options.limits.attributesPerRead,
      isUsable: () => options.isUsable(),
      ask: (requests) => options.session.read([...requests]),
    });
  }

  /** The nodes in their order with what could be read, and what could not. Rejects when the session is lost. */
  async describe(
    lookedNodes: readonly LookedNode[],
  ): Promise<{ readonly nodes: BrowsedNode[]; readonly faults: BrowseFault[] }> {
    const variables = lookedNodes.filter(({ found }) => found.nodeClass === NodeClass.Variable);
    const answers: Answers = new Map(variables.map((looked) => [looked, new Map()]));
    const refusals = await this.#ask(variables.flatMap(firstQuestions), answers);
    const arrays = variables.filter((looked) => Number(answers.get(looked)?.get('ValueRank') ?? -1) >= 0);
    refusals.push(...(await this.#ask(arrays.map(toDimensionQuestion), answers)));
    const types = variables.map((looked) => answers.get(looked)?.get('DataType'));
    await this.#catalog.learn(types.filter((type) => type instanceof NodeId));
    const nodes = lookedNodes.map((looked) => this.#toNode(looked, answers.get(looked)));
    return { nodes, faults: this.#toFaults(refusals) };
  }

  async #ask(questions: readonly Question[], answers: Answers): Promise<[Question, string][]> {
    const results = await this.#read.run(questions.map(({ request }) => request));
    const refusals: [Question, string][] = [];
    questions.forEach((question, index) => {
      const refusal = toRefusal(results[index]);
      const result = results[index];
      if (refusal !== undefined) refusals.push([question, refusal]);
      else if (result?.isAnswered === true) {
        answers.get(question.looked)?.set(question.field, result.answer.value.value as unknown);
      }
    });
    return refusals;
  }

  #toNode({ found }: LookedNode, fields: Map<Field, unknown> | undefined): BrowsedNode {
    return {
      node: toNodeText(found.nodeId, this.#options.namespaceArray),
      path: pathOf(found),
      browseName: found.browseName,
      displayName: found.displayName,
      nodeClass: NodeClass[found.nodeClass] ?? String(found.nodeClass),
      depth: found.depth,
      isProperty: found.isProperty,
      variable: fields === undefined ? null : this.#toVariable(fields),
    };
  }

  #toVariable(fields: Map<Field, unknown>): BrowsedVariable {
    const typeNode = fields.get('DataType');
    const type = typeNode instanceof NodeId ? this.#catalog.get(typeNode) : undefined;
    const builtIn = type?.builtIn === undefined ? undefined : BUILT_IN_TYPES[type.builtIn];
    const valueRank = toNumber(fields.get('ValueRank'));
    const access = toNumber(fields.get('UserAccessLevel'));
    const dimensions = fields.get('ArrayDimensions');
    return {
      dataTypeNode: typeNode instanceof NodeId ? toNodeText(typeNode, this.#options.namespaceArray) : null,
      dataTypeName: type?.name ?? null,
      builtInType: builtIn?.name ?? null,
      ...toDatatype(builtIn, valueRank),
      valueRank,
      arrayDimensions:
        dimensions instanceof Uint32Array || Array.isArray(dimensions) ? Array.from(dimensions, Number) : null,
      isReadable: access === null ? null : (access & AccessLevelFlag.CurrentRead) !== 0,
      isWritable: access === null ? null : (access & AccessLevelFlag.CurrentWrite) !== 0,
      euRange: toRange(fields.get('EURange')),
      units: toUnits(fields.get('EngineeringUnits')),
    };
  }

  /** One fault a node: its attributes are mostly refused together. */
  #toFaults(refusals: readonly [Question, string][]): BrowseFault[] {
    const byNode = new Map<LookedNode, string[]>();
    for (const [{ looked, field }, reason] of refusals) {
      const texts = byNode.get(looked) ?? [];
      texts.push(`${field} ${reason}`);
      byNode.set(looked, texts);
    }
    return [...byNode].map(([{ found }, texts]) => {
      const node = toNodeText(found.nodeId, this.#options.namespaceArray);
      const path = pathOf(found);
      return { node, path, code: 'opcua/read-refused', text: `${path} (${node}) cannot be read: ${texts.join(', ')}.` };
    });
  }
}

function firstQuestions(looked: LookedNode): Question[] {
  const { found, euRange, units } = looked;
  const ask = (field: Field, nodeId: NodeId, attributeId: AttributeIds): Question => ({
    looked,
    field,
    request: { nodeId, attributeId },
  });
  return [
    ask('DataType', found.nodeId, AttributeIds.DataType),
    ask('ValueRank', found.nodeId, AttributeIds.ValueRank),
    ask('UserAccessLevel', found.nodeId, AttributeIds.UserAccessLevel),
    ...(euRange === undefined ? [] : [ask('EURange', euRange, AttributeIds.Value)]),
    ...(units === undefined ? [] : [ask('EngineeringUnits', units, AttributeIds.Value)]),
  ];
}

const toDimensionQuestion = (looked: LookedNode): Question => ({
  looked,
  field: 'ArrayDimensions',
  request: { nodeId: looked.found.nodeId, attributeId: AttributeIds.ArrayDimensions },
});

function toRefusal(result: ItemAnswer<DataValue> | undefined): string | undefined {
  if (result === undefined) return 'no answer';
  if (!result.isAnswered) return result.reason;
  const { statusCode } = result.answer;
  // Not every array has dimensions.
  return statusCode.isGood() || statusCode.name === 'BadAttributeIdInvalid' ? undefined : statusCode.name;
}

/** A structure as the library decodes it, by the name of its type. */
const isStructure = <T>(value: unknown, name: string): value is T =>
  value instanceof ExtensionObject && value.schema.name === name;

const toRange = (value: unknown): { low: number; high: number } | null =>
  isStructure<Range>(value, 'Range') ? { low: value.low, high: value.high } : null;

const toUnits = (value: unknown): string | null =>
  isStructure<EUInformation>(value, 'EUInformation') ? (value.displayName.text ?? null) : null;

const toNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);
