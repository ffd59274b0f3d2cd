import {
  AttributeIds,
  BrowseDirection,
  type BrowseResult,
  type ClientSession,
  type DataValue,
  type NodeId,
  QualifiedName,
  ReferenceTypeIds,
  resolveNodeId,
} from 'node-opcua';
import { BatchedRequest } from './batched-request.ts';
import type { BrowseLimits } from './browse-limits.ts';
import { BUILT_IN_TYPES } from './built-in-types.ts';
import type { RequestPacer } from './request-pacer.ts';

export interface CatalogOptions {
  readonly session: ClientSession;
  readonly limits: BrowseLimits;
  readonly pacer: RequestPacer;
  isUsable(): boolean;
}

/** A DataType of the server: its own name and the number of the built-in type it comes down to. */
export interface KnownDataType {
  readonly name: string | null;
  readonly builtIn: number | undefined;
}

/** More levels of subtypes are taken for a loop. */
const MOST_LEVELS = 20;
const HAS_SUBTYPE = resolveNodeId(ReferenceTypeIds.HasSubtype);

const toBuiltIn = (nodeId: NodeId): number | undefined =>
  nodeId.namespace === 0 && typeof nodeId.value === 'number' && nodeId.value in BUILT_IN_TYPES
    ? nodeId.value
    : undefined;

/** Knows each DataType once it was asked for: many variables share few of them. */
export class DataTypeCatalog {
  readonly #known = new Map<string, KnownDataType>();
  readonly #parents: BatchedRequest<NodeId, BrowseResult>;
  readonly #names: BatchedRequest<NodeId, DataValue>;

  constructor({ session, limits, pacer, isUsable }: CatalogOptions) {
    this.#parents = new BatchedRequest({
      pacer,
      mostItems: Math.min(limits.nodesPerBrowse, limits.continuationPoints),
      isUsable,
      ask: (nodeIds) => session.browse(nodeIds.map(toParentQuestion)),
    });
    this.#names = new BatchedRequest({
      pacer,
      mostItems: limits.attributesPerRead,
      isUsable,
      ask: (nodeIds) => session.read(nodeIds.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName }))),
    });
  }

  get(nodeId: NodeId): KnownDataType | undefined {
    return this.#known.get(nodeId.toString());
  }

  /** Asks the server for those not known yet. What cannot be found out stays unknown. */
  async learn(nodeIds: readonly NodeId[]): Promise<void> {
    const asked = new Map<string, NodeId>();
    for (const nodeId of nodeIds) {
      const key = nodeId.toString();
      if (this.#known.has(key) || asked.has(key)) continue;
      const builtIn = toBuiltIn(nodeId);
      // Small servers hold no types at all; the built-in ones are known without them.
      if (builtIn === undefined) asked.set(key, nodeId);
      else this.#known.set(key, { name: BUILT_IN_TYPES[builtIn]?.name ?? null, builtIn });
    }
    if (asked.size === 0) return;
    const types = [...asked.values()];
    const names = await this.#names.run(types);
    const builtIns = await this.#climb(types);
    types.forEach((nodeId, index) => {
      const name = names[index];
      const value: unknown = name?.isAnswered === true ? name.answer.value.value : undefined;
      this.#known.set(nodeId.toString(), {
        name: value instanceof QualifiedName ? (value.name ?? null) : null,
        builtIn: builtIns[index],
      });
    });
  }

  /** Follows HasSubtype upwards, all together, level by level. */
  async #climb(types: readonly NodeId[]): Promise<(number | undefined)[]> {
    const builtIns: (number | undefined)[] = types.map(() => undefined);
    let climbing = types.map((nodeId, index) => ({ nodeId, index }));
    for (let level = 0; level < MOST_LEVELS && climbing.length > 0; level++) {
      const answers = await this.#parents.run(climbing.map(({ nodeId }) => nodeId));
      climbing = climbing.flatMap(({ index }, position) => {
        const answer = answers[position];
        const parent = answer?.isAnswered === true ? answer.answer.references?.[0]?.nodeId : undefined;
        if (parent === undefined) return [];
        const builtIn = toBuiltIn(parent);
        if (builtIn === undefined) return [{ nodeId: parent, index }];
        builtIns[index] = builtIn;
        return [];
      });
    }
    return builtIns;
  }
}

const toParentQuestion = (nodeId: NodeId) => ({
  nodeId,
  referenceTypeId: HAS_SUBTYPE,
  browseDirection: BrowseDirection.Inverse,
  includeSubtypes: true,
  nodeClassMask: 0,
  resultMask: 0,
});
