import { Buffer } from 'node:buffer';
import type { Random } from './random.ts';
import { toBytes, toVarint, type WireNode } from './wire-tree.ts';

/** A valid message that damage is done to. */
export interface Seed {
  readonly bytes: Buffer;
  readonly tree: readonly WireNode[];
}

/** Damage makes no message longer than this, or the run would measure copying. */
const MAX_BYTES = 20_000;
/** Template in metric, set in property, list of sets, cell in row: what can hold itself. */
const NESTING: readonly (readonly number[])[] = [[2, 18], [9], [2, 9], [2, 10, 1], [4, 1]];
const LIES = [0, 1, 127, 128, 255, 16_384, 2 ** 21, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const EDGE_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xc3, 0xed, 0xf4, 0x0b, 0x0c];

const leaf = (random: Random): WireNode => {
  const wireType = random.below(6);
  const widthBytes = { 0: 1, 1: 8, 2: random.below(5), 5: 4 }[wireType] ?? 0;
  const content = Buffer.from(Array.from({ length: widthBytes }, () => random.below(wireType === 0 ? 128 : 256)));
  return { fieldNumber: 1 + random.below(20), wireType, content };
};

const anywhereIn = (nodes: readonly WireNode[], random: Random): WireNode => {
  const node = random.pick(nodes);
  return !Buffer.isBuffer(node.content) && node.content.length > 0 && !random.isOneIn(3)
    ? anywhereIn(node.content as readonly WireNode[], random)
    : node;
};

/** What stands in the place of a field afterwards. */
function replace(node: WireNode, donor: readonly WireNode[], random: Random): readonly WireNode[] {
  switch (random.below(8)) {
    case 0:
      return Array.from({ length: 2 + random.below(random.isOneIn(10) ? 200 : 4) }, () => node);
    case 1:
      return [{ ...node, fieldNumber: 1 + random.below(20) }];
    case 2:
      return [{ ...node, wireType: random.below(8) }];
    case 3:
      return [];
    case 4:
      return [donor.length > 0 ? anywhereIn(donor, random) : leaf(random)];
    case 5:
      return [node, donor.length > 0 ? anywhereIn(donor, random) : leaf(random)];
    case 6:
      return [nest(node, random)];
    default:
      return [leaf(random), node];
  }
}

/** The field inside of itself, sometimes deeper than anybody allows. */
function nest(node: WireNode, random: Random): WireNode {
  const path = random.pick(NESTING);
  let inner = node;
  for (let level = random.below(random.isOneIn(4) ? 60 : 4); level >= 0; level -= 1) {
    for (const fieldNumber of path.toReversed()) inner = { fieldNumber, wireType: 2, content: [inner] };
  }
  return inner;
}

/** Damage that keeps all lengths right, so that it reaches what lies deep inside. */
function mutateTree(nodes: readonly WireNode[], donor: readonly WireNode[], random: Random): readonly WireNode[] {
  if (nodes.length === 0) return [leaf(random)];
  const index = random.below(nodes.length);
  return nodes.flatMap((node, at) => {
    if (at !== index) return [node];
    if (Buffer.isBuffer(node.content) || random.isOneIn(3)) return replace(node, donor, random);
    return [{ ...node, content: mutateTree(node.content as readonly WireNode[], donor, random) }];
  });
}

/** Damage to the bytes themselves, as a broken sender or line does it. */
function mutateBytes(bytes: Buffer, donor: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return Buffer.from([random.below(256)]);
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), donor.subarray(random.below(donor.length + 1))]);
    case 2: {
      const lie = toVarint(random.pick(LIES));
      return Buffer.concat([bytes.subarray(0, at), lie, bytes.subarray(at + (random.isOneIn(2) ? 1 : lie.length))]);
    }
    case 3: {
      const end = at + 1 + random.below(bytes.length - at);
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    }
    default: {
      const damaged = Buffer.from(bytes);
      for (let count = 1 + random.below(4); count > 0; count -= 1) {
        const place = random.below(damaged.length);
        const byte = damaged[place] ?? 0;
        damaged[place] = random.isOneIn(3) ? random.pick(EDGE_BYTES) : byte ^ (1 << random.below(8));
      }
      return damaged;
    }
  }
}

/** A damaged copy of one seed, with parts of another; a small share stays whole. */
export function mutate(seeds: readonly Seed[], random: Random): Buffer {
  const { bytes, tree } = random.pick(seeds);
  const donor = random.pick(seeds);
  let mutated = bytes;
  if (!random.isOneIn(3)) {
    let nodes = tree;
    for (let count = 1 + random.below(3); count > 0; count -= 1) nodes = mutateTree(nodes, donor.tree, random);
    mutated = toBytes(nodes);
  }
  if (random.isOneIn(2)) mutated = mutateBytes(mutated, donor.bytes, random);
  return mutated.length > MAX_BYTES ? mutated.subarray(0, MAX_BYTES) : mutated;
}
