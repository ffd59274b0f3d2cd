import { type BrowseResult, NodeClass, type NodeId, type ReferenceDescription } from 'node-opcua';
import type { BrowseFault } from '../../shared/domain/browsed-node.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { BrowseAppetite } from './browse-appetite.ts';
import type { BrowseLimits } from './browse-limits.ts';
import {
  type FoundNode,
  hasChildren,
  isPropertyReference,
  type LookedNode,
  pathOf,
  toFoundNode,
} from './found-node.ts';
import { toNodeText } from './node-text.ts';
import { ReferencePages } from './reference-pages.ts';
import type { ReferenceRequests } from './reference-requests.ts';
import { SeenNodes } from './seen-nodes.ts';

/** Where references come from. */
export type ReferenceSource = Pick<ReferenceRequests, 'mostNodes' | 'first' | 'next' | 'forget'>;

export interface WalkOptions {
  readonly requests: ReferenceSource;
  readonly limits: BrowseLimits;
  readonly namespaceArray: readonly string[];
  readonly maxDepth: number;
  readonly includesProperties: boolean;
  /** Longer lists of references are taken for endless. */
  readonly mostReferencesPerNode: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface WalkStep {
  readonly looked: readonly LookedNode[];
  readonly faults: readonly BrowseFault[];
}

/** A node whose references are not all here yet. */
interface OpenNode {
  readonly found: FoundNode;
  /** Only of a list that comes in parts. */
  pages: ReferencePages | undefined;
  readonly properties: { euRange: NodeId | undefined; units: NodeId | undefined };
  point: Buffer;
  isTold: boolean;
  restartCount: number;
}

const OBJECTS_AT_FIRST = 10;
/** While more wait, half-read lists stay half-read: their children would only wait in memory. */
const MOST_WAITING = 20_000;
const MOST_REFUSALS = 5;
const REFUSED_WAIT_MS = 200;
const MOST_RESTARTS = 3;
const NO_POINT = Buffer.alloc(0);

/**
 * Walks down hierarchical references, depth first, each node once. Holds the nodes that wait, a few bytes of every
 * node seen and the continuation points of half-read lists, never the tree.
 */
export class BrowseWalk {
  readonly #options: WalkOptions;
  readonly #objectAppetite: BrowseAppetite;
  readonly #variableAppetite: BrowseAppetite;
  readonly #seen = new SeenNodes();
  /** Last in, first out. */
  readonly #waiting: FoundNode[] = [];
  /** Nodes that wait for the second time: their list is read from its start again. */
  readonly #restarted = new Map<FoundNode, OpenNode>();
  #open: OpenNode[] = [];
  #looked: LookedNode[] = [];
  #faults: BrowseFault[] = [];
  /** The server has no continuation point left, or dropped one: finish the lists that are half-read first. */
  #mustFinishOpen = false;
  #refusalsInRow = 0;

  constructor(options: WalkOptions, root: FoundNode) {
    this.#options = options;
    const { limits } = options;
    this.#objectAppetite = new BrowseAppetite(limits, Math.min(OBJECTS_AT_FIRST, limits.continuationPoints));
    this.#variableAppetite = new BrowseAppetite(limits, limits.nodesPerBrowse);
    this.#seen.add(root.nodeId.toString());
    this.#waiting.push(root);
  }

  get waitingCount(): number {
    return this.#waiting.length + this.#open.length;
  }

  get isDone(): boolean {
    return this.waitingCount === 0;
  }

  /** One request, or a few when the server takes little at once. Rejects when the session is lost or on abort. */
  async step(): Promise<WalkStep> {
    if (this.#isTimeToContinue()) await this.#continueLists();
    else await this.#startLists();
    const step = { looked: this.#looked, faults: this.#faults };
    this.#looked = [];
    this.#faults = [];
    return step;
  }

  #isTimeToContinue(): boolean {
    if (this.#open.length === 0) return false;
    const isFull = this.#open.length >= this.#options.limits.continuationPoints;
    return this.#mustFinishOpen || isFull || this.#waiting.length < MOST_WAITING;
  }

  async #startLists(): Promise<void> {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    const appetite = this.#appetiteFor(batch[0]);
    const most = appetite.referencesPerNode(batch.length);
    const answers = await this.#options.requests.first(
      batch.map(({ nodeId }) => nodeId),
      most,
    );
    const refused: FoundNode[] = [];
    const openCount = this.#open.length;
    batch.forEach((found, index) => {
      const answer = answers[index];
      if (answer?.isAnswered !== true) this.#fail(found, answer?.reason ?? 'no answer');
      else if (answer.answer.statusCode.name === 'BadNoContinuationPoints') refused.push(found);
      else if (!isFine(answer.answer)) this.#fail(found, answer.answer.statusCode.name);
      else this.#takeFirst(found, answer.answer);
    });
    appetite.learn({
      nodeCount: batch.length,
      referenceCount: answers.reduce(
        (sum, one) => sum + (one.isAnswered ? (one.answer.references?.length ?? 0) : 0),
        0,
      ),
      unfinishedCount: this.#open.length - openCount + refused.length,
    });
    if (refused.length > 0) await this.#askLater(refused, batch.length);
    else this.#refusalsInRow = 0;
  }

  /** Nodes of one kind off the top: variables, or all others. What has nothing below is told without asking. */
  #takeBatch(): FoundNode[] {
    const batch: FoundNode[] = [];
    let most = this.#options.requests.mostNodes;
    while (batch.length < most && this.#looked.length < this.#options.limits.attributesPerRead) {
      const found = this.#waiting.at(-1);
      if (found === undefined) break;
      if (this.#isAsked(found)) {
        if (batch[0] !== undefined && isVariable(batch[0]) !== isVariable(found)) break;
        most = Math.min(most, this.#appetiteFor(found).nodesAtOnce);
        batch.push(found);
      } else this.#looked.push({ found, euRange: undefined, units: undefined });
      this.#waiting.pop();
    }
    return batch;
  }

  /** At the last level a variable is still asked for its properties. */
  #isAsked(found: FoundNode): boolean {
    return hasChildren(found) && (isVariable(found) || found.depth < this.#options.maxDepth);
  }

  #appetiteFor(found: FoundNode | undefined): BrowseAppetite {
    return found !== undefined && isVariable(found) ? this.#variableAppetite : this.#objectAppetite;
  }

  async #askLater(refused: readonly FoundNode[], askedCount: number): Promise<void> {
    this.#waiting.push(...refused.toReversed());
    this.#mustFinishOpen = this.#open.length > 0;
    if (this.#mustFinishOpen || refused.length < askedCount) return;
    // Nothing of ours is half-read, so others hold what the server has.
    if (++this.#refusalsInRow < MOST_REFUSALS) {
      await delay(this.#options.clock, REFUSED_WAIT_MS, this.#options.signal);
      return;
    }
    this.#refusalsInRow = 0;
    const given = this.#waiting.pop();
    if (given !== undefined) this.#fail(given, 'BadNoContinuationPoints, though none is in use here');
  }

  #takeFirst(found: FoundNode, result: BrowseResult): void {
    const open = this.#restarted.get(found) ?? this.#openNode(found);
    this.#restarted.delete(found);
    open.point = result.continuationPoint ?? NO_POINT;
    this.#takePage(open, result.references ?? []);
    if (open.point.length === 0) this.#tell(open);
    else {
      open.pages = new ReferencePages(this.#options.mostReferencesPerNode);
      open.pages.add(result.references ?? []);
      // A variable is told with its properties, which may come in any part.
      if (!isVariable(found)) this.#tell(open);
      this.#open.push(open);
    }
  }

  #openNode(found: FoundNode): OpenNode {
    return {
      found,
      pages: undefined,
      properties: { euRange: undefined, units: undefined },
      point: NO_POINT,
      isTold: false,
      restartCount: 0,
    };
  }

  async #continueLists(): Promise<void> {
    const asked = this.#open;
    this.#open = [];
    const answers = await this.#options.requests.next(asked.map(({ point }) => point));
    for (const [index, open] of asked.entries()) {
      const answer = answers[index];
      if (answer?.isAnswered !== true) this.#fail(open.found, answer?.reason ?? 'no answer', open);
      else if (answer.answer.statusCode.name === 'BadContinuationPointInvalid') this.#restart(open);
      else if (!isFine(answer.answer)) this.#fail(open.found, answer.answer.statusCode.name, open);
      else await this.#takeNext(open, answer.answer);
    }
    if (this.#open.length === 0) this.#mustFinishOpen = false;
  }

  async #takeNext(open: OpenNode, result: BrowseResult): Promise<void> {
    const references = result.references ?? [];
    this.#takePage(open, references);
    open.point = result.continuationPoint ?? NO_POINT;
    if (open.point.length === 0) {
      this.#tell(open);
      return;
    }
    const endless = open.pages?.add(references);
    if (endless === undefined) this.#open.push(open);
    else {
      await this.#options.requests.forget(open.point);
      this.#fail(open.found, `its list of references does not end: ${endless}`, open, 'opcua/browse-endless');
    }
  }

  /** A server may drop a continuation point when it needs the room (OPC 10000-4, 7.9): then from the start. */
  #restart(open: OpenNode): void {
    if (++open.restartCount > MOST_RESTARTS) {
      this.#fail(open.found, `BadContinuationPointInvalid, ${open.restartCount} times`, open);
      return;
    }
    this.#restarted.set(open.found, open);
    this.#waiting.push(open.found);
    this.#mustFinishOpen = true;
  }

  #takePage(open: OpenNode, references: readonly ReferenceDescription[]): void {
    const { namespaceArray, includesProperties, maxDepth } = this.#options;
    const { found, properties } = open;
    const path = pathOf(found);
    const children: FoundNode[] = [];
    for (const reference of references) {
      const isProperty = isPropertyReference(reference);
      if (isProperty && reference.browseName.namespaceIndex === 0) {
        if (reference.browseName.name === 'EURange') properties.euRange = reference.nodeId;
        if (reference.browseName.name === 'EngineeringUnits') properties.units = reference.nodeId;
      }
      if (found.depth >= maxDepth || (isProperty && !includesProperties)) continue;
      const child = toFoundNode(reference, path, found.depth + 1, namespaceArray);
      if (child === undefined) this.#failForeign(reference, path);
      else if (this.#seen.add(child.nodeId.toString())) children.push(child);
    }
    for (const child of children.reverse()) this.#waiting.push(child);
  }

  #tell(open: OpenNode): void {
    if (open.isTold) return;
    open.isTold = true;
    this.#looked.push({ found: open.found, ...open.properties });
  }

  /** Tells the node with what is known of it, and why that is not all. */
  #fail(found: FoundNode, reason: string, open?: OpenNode, code: BrowseFault['code'] = 'opcua/browse-refused'): void {
    const node = toNodeText(found.nodeId, this.#options.namespaceArray);
    const path = pathOf(found);
    this.#faults.push({ node, path, code, text: `${path} (${node}) cannot be browsed: ${reason}.` });
    // What a reference leads to without being there is no node.
    if (open?.isTold !== true && !reason.startsWith('BadNodeIdUnknown'))
      this.#looked.push({ found, euRange: undefined, units: undefined });
  }

  #failForeign({ nodeId, browseName }: ReferenceDescription, parentPath: string): void {
    const node = nodeId.toString();
    const text = `${node} (${browseName.name ?? ''} below ${parentPath}) lies on another server and is not browsed.`;
    this.#faults.push({ node, path: parentPath, code: 'opcua/node-elsewhere', text });
  }
}

const isVariable = ({ nodeClass }: FoundNode): boolean => nodeClass === NodeClass.Variable;

const isFine = ({ statusCode }: BrowseResult): boolean =>
  statusCode.isGood() || statusCode.name.startsWith('Uncertain');
