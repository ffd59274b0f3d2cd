/**
 * Reads the list `'defines'` of a gypi file: Python literals with single quotes and `#` comments, one string a line.
 * Throws when there is none, since SQLite without its defines would be another database.
 */
export function parseGypDefines(text: string): readonly string[] {
  const list = /'defines'\s*:\s*\[([^\]]*)\]/.exec(text.replace(/#.*$/gm, ''))?.[1];
  const defines = [...(list ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
  if (defines.length === 0) throw new Error('the gypi file lists no defines');
  return defines;
}
