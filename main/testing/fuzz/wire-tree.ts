import { Buffer } from 'node:buffer';

/** A field of a protobuf message. What may be a message itself is taken apart too. */
export interface WireNode {
  readonly fieldNumber: number;
  readonly wireType: number;
  readonly content: Buffer | readonly WireNode[];
}

export function toVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A varint of up to five bytes; undefined where none ends. */
function readVarint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = from; at < Math.min(bytes.length, from + 5); at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * 2 ** (7 * (at - from));
    if (byte < 128) return { value, end: at + 1 };
  }
  return undefined;
}

function endOfVarint(bytes: Buffer, from: number): number | undefined {
  const end = bytes.subarray(from, from + 10).findIndex((byte) => byte < 128);
  return end < 0 ? undefined : from + end + 1;
}

function readNode(bytes: Buffer, from: number): { readonly node: WireNode; readonly end: number } | undefined {
  const tag = readVarint(bytes, from);
  if (tag === undefined || tag.value < 8) return undefined;
  const head = { fieldNumber: Math.floor(tag.value / 8), wireType: tag.value % 8 };
  if (head.wireType === 2) {
    const length = readVarint(bytes, tag.end);
    const end = length && length.end + length.value;
    if (length === undefined || end === undefined || end > bytes.length) return undefined;
    const content = bytes.subarray(length.end, end);
    return { node: { ...head, content: (content.length > 1 ? toTree(content) : undefined) ?? content }, end };
  }
  const widthBytes = { 1: 8, 5: 4 }[head.wireType];
  const end = head.wireType === 0 ? endOfVarint(bytes, tag.end) : widthBytes && tag.end + widthBytes;
  if (end === undefined || end > bytes.length) return undefined;
  return { node: { ...head, content: bytes.subarray(tag.end, end) }, end };
}

/** The fields of a message; undefined where the bytes are none. */
export function toTree(bytes: Buffer): readonly WireNode[] | undefined {
  const nodes: WireNode[] = [];
  let at = 0;
  while (at < bytes.length) {
    const read = readNode(bytes, at);
    if (read === undefined) return undefined;
    nodes.push(read.node);
    at = read.end;
  }
  return nodes;
}

/** The bytes again, with the lengths that the contents now have. */
export function toBytes(nodes: readonly WireNode[]): Buffer {
  return Buffer.concat(
    nodes.flatMap(({ fieldNumber, wireType, content }) => {
      const bytes = Buffer.isBuffer(content) ? content : toBytes(content as readonly WireNode[]);
      const tag = toVarint(fieldNumber * 8 + wireType);
      return wireType === 2 ? [tag, toVarint(bytes.length), bytes] : [tag, bytes];
    }),
  );
}
