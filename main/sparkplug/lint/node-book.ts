import { createNodeState, type NodeState, sizeOf } from './node-state.ts';

export interface NodeEntry {
  readonly brokerUrl: string;
  readonly groupId: string;
  readonly edgeNodeId: string;
  readonly state: NodeState;
  units: number;
}

/**
 * The edge nodes seen, within a bound of memory: beyond it the one whose birth is oldest is forgotten, which makes it
 * as unknown as one joined in the middle.
 */
export class NodeBook {
  readonly #entries = new Map<string, NodeEntry>();
  readonly #maxUnits: number;
  #units = 0;

  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  get entries(): readonly NodeEntry[] {
    return [...this.#entries.values()];
  }

  of(brokerUrl: string, groupId: string, edgeNodeId: string): NodeEntry {
    const key = `${brokerUrl}\n${groupId}/${edgeNodeId}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { brokerUrl, groupId, edgeNodeId, state: createNodeState(), units: 0 };
      this.#entries.set(key, entry);
      this.measure(entry);
    }
    return entry;
  }

  /** Call after each birth: only births make a node larger. */
  measure(entry: NodeEntry): void {
    const units = sizeOf(entry.state);
    this.#units += units - entry.units;
    entry.units = units;
    const key = `${entry.brokerUrl}\n${entry.groupId}/${entry.edgeNodeId}`;
    if (this.#entries.delete(key)) this.#entries.set(key, entry);
    for (const [oldKey, old] of this.#entries) {
      if (this.#units <= this.#maxUnits) return;
      this.#entries.delete(oldKey);
      this.#units -= old.units;
    }
  }

  /** What was seen through a broker before a break says nothing about what comes after it. */
  forget(brokerUrl: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.brokerUrl !== brokerUrl) continue;
      this.#entries.delete(key);
      this.#units -= entry.units;
    }
  }
}
