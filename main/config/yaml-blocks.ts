/** Lines from one key at the left edge to the next. */
interface Block {
  /** Undefined for what stands before the first key. */
  readonly key: string | undefined;
  readonly lines: readonly string[];
}

const KEY = /^(?:"([^"]+)"|'([^']+)'|([^\s#:{}[\],&*!|>'"%@`-][^:#]*?))\s*:(?:\s|$)/;

function toBlocks(text: string): Block[] {
  const blocks: { key: string | undefined; lines: string[] }[] = [{ key: undefined, lines: [] }];
  for (const line of text.split('\n')) {
    const match = KEY.exec(line);
    if (match !== null) blocks.push({ key: match[1] ?? match[2] ?? match[3], lines: [] });
    blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}

/** Blank lines and comments at the left edge speak of what comes after them. */
function splitTail(lines: readonly string[]): readonly [string[], string[]] {
  const end = lines.findLastIndex((line) => line !== '' && !line.startsWith('#')) + 1;
  return [lines.slice(0, end), lines.slice(end)];
}

/**
 * The old text of a YAML file, with some of its keys at the left edge as they stand in a new text: a library that
 * writes a whole file writes lines that nobody has changed in another way.
 */
export function takeBlocks(oldText: string, newText: string, keys: readonly string[]): string {
  const before = toBlocks(oldText);
  const after = new Map(toBlocks(newText).map((block) => [block.key, block.lines]));
  // Not in blocks: a file in one pair of braces, as JSON is.
  if (before.length === 1) return newText;
  const found = before.flatMap(({ key, lines }) => {
    if (key === undefined || !keys.includes(key)) return lines;
    return [...splitTail(after.get(key) ?? [])[0], ...splitTail(lines)[1]];
  });
  const added = keys.filter((key) => after.has(key) && !before.some((block) => block.key === key));
  const text = found.join('\n');
  const rest = added.map((key) => `\n${splitTail(after.get(key) ?? [])[0].join('\n')}\n`);
  return rest.length === 0 ? text : `${text.endsWith('\n') ? text : `${text}\n`}${rest.join('')}`;
}
