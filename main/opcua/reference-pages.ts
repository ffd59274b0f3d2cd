import type { ReferenceDescription } from 'node-opcua';
import { SeenNodes } from './seen-nodes.ts';

/** Empty answers in a row that only put us off (OPC 10000-4, 7.9 allows some). */
const MOST_EMPTY_PAGES = 100;

/** Watches the parts of one node's list of references for signs that the list never ends. */
export class ReferencePages {
  readonly #mostReferences: number;
  readonly #pages = new SeenNodes();
  #emptyCount = 0;
  #referenceCount = 0;

  constructor(mostReferences: number) {
    this.#mostReferences = mostReferences;
  }

  /** Takes the next part in; returns why the list is taken for endless, or undefined. */
  add(references: readonly ReferenceDescription[]): string | undefined {
    this.#referenceCount += references.length;
    this.#emptyCount = references.length === 0 ? this.#emptyCount + 1 : 0;
    if (this.#emptyCount > MOST_EMPTY_PAGES) return `the server sent ${this.#emptyCount} empty parts in a row`;
    if (this.#referenceCount > this.#mostReferences) return `it has more than ${this.#mostReferences} references`;
    if (references.length === 0) return undefined;
    // A list names a pair of type and target once (OPC 10000-3, 4.4.2), so no part comes twice.
    const page = references.map((one) => `${one.referenceTypeId.toString()}>${one.nodeId.toString()}`).join('\n');
    return this.#pages.add(page) ? undefined : 'the server sends the same references again and again';
  }
}
