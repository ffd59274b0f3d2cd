import {
  BrowseDirection,
  type BrowseResult,
  type ClientSession,
  type NodeId,
  ReferenceTypeIds,
  resolveNodeId,
} from 'node-opcua';
import { type Clock, within } from '../platform/clock.ts';
import { BatchedRequest, type ItemAnswer } from './batched-request.ts';
import type { BrowseLimits } from './browse-limits.ts';
import type { RequestPacer } from './request-pacer.ts';

interface FirstQuestion {
  readonly nodeId: NodeId;
  readonly most: number;
}

export interface ReferenceRequestOptions {
  readonly session: ClientSession;
  readonly limits: BrowseLimits;
  readonly pacer: RequestPacer;
  readonly clock: Clock;
  isUsable(): boolean;
}

/** ReferenceType, NodeClass, BrowseName and DisplayName (OPC 10000-4, 5.9.2.2). */
const RESULT_MASK = 1 | 4 | 8 | 16;
const RELEASE_LIMIT_MS = 1_000;

const HIERARCHICAL = resolveNodeId(ReferenceTypeIds.HierarchicalReferences);

/**
 * Browse and BrowseNext over hierarchical references. Remembers every continuation point that the server holds
 * for us, also of answers nobody waits for any more, and gives them back.
 */
export class ReferenceRequests {
  readonly #options: ReferenceRequestOptions;
  readonly #browse: BatchedRequest<FirstQuestion, BrowseResult>;
  readonly #next: BatchedRequest<Buffer, BrowseResult>;
  readonly #points = new Map<string, Buffer>();

  constructor(options: ReferenceRequestOptions) {
    this.#options = options;
    const { pacer, limits } = options;
    const shared = { pacer, mostItems: limits.nodesPerBrowse, isUsable: () => options.isUsable() };
    this.#browse = new BatchedRequest({ ...shared, ask: (questions) => this.#askFirst(questions) });
    this.#next = new BatchedRequest({ ...shared, ask: (points) => this.#askNext(points) });
  }

  /** Nodes one request takes at present. */
  get mostNodes(): number {
    return this.#browse.mostItems;
  }

  /** First part of the forward references of each node, at most `most` of each. */
  first(nodeIds: readonly NodeId[], most: number): Promise<ItemAnswer<BrowseResult>[]> {
    return this.#browse.run(nodeIds.map((nodeId) => ({ nodeId, most })));
  }

  /** Next part for each continuation point. */
  next(points: readonly Buffer[]): Promise<ItemAnswer<BrowseResult>[]> {
    return this.#next.run(points);
  }

  /** Gives one back that is not wanted any more. */
  async forget(point: Buffer): Promise<void> {
    if (!this.#points.delete(point.toString('hex'))) return;
    await this.#release([point]);
  }

  /**
   * Gives all back, after the answers under way have come: they may bring more. Never rejects, takes two seconds
   * at most: a server that does not take them frees them with the session.
   */
  async releaseAll(): Promise<void> {
    const { clock, pacer } = this.#options;
    const tooLong = (): Error => new Error('takes too long');
    await within(clock, RELEASE_LIMIT_MS, pacer.settle(), tooLong).catch(() => {});
    const points = [...this.#points.values()];
    this.#points.clear();
    if (points.length > 0) await this.#release(points);
  }

  async #release(points: Buffer[]): Promise<void> {
    const { clock, session } = this.#options;
    const released = session.browseNext(points, true);
    await within(clock, RELEASE_LIMIT_MS, released, () => new Error('takes too long')).catch(() => {});
  }

  async #askFirst(questions: readonly FirstQuestion[]): Promise<BrowseResult[]> {
    const { session } = this.#options;
    // The session writes it into the request it makes of the next call.
    session.requestedMaxReferencesPerNode = questions[0]?.most ?? 1;
    const results = await session.browse(
      questions.map(({ nodeId }) => ({
        nodeId,
        referenceTypeId: HIERARCHICAL,
        browseDirection: BrowseDirection.Forward,
        includeSubtypes: true,
        nodeClassMask: 0,
        resultMask: RESULT_MASK,
      })),
    );
    for (const { continuationPoint } of results) this.#keep(continuationPoint);
    return results;
  }

  async #askNext(points: readonly Buffer[]): Promise<BrowseResult[]> {
    const results = await this.#options.session.browseNext([...points], false);
    for (const point of points) this.#points.delete(point.toString('hex'));
    for (const { continuationPoint } of results) this.#keep(continuationPoint);
    return results;
  }

  #keep(point: Buffer | null): void {
    if (point && point.length > 0) this.#points.set(point.toString('hex'), point);
  }
}
