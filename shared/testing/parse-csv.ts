const QUOTED = /"((?:[^"]|"")*)"/y;
const PLAIN = /([^",\r\n]*)/y;

/** Reads RFC 4180 strictly, written apart from what writes it; throws where a quote stands alone. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const pattern = text[at] === '"' ? QUOTED : PLAIN;
    pattern.lastIndex = at;
    const [whole = '', cell = ''] = pattern.exec(text) ?? [];
    record.push(cell.replaceAll('""', '"'));
    at += whole.length;
    if (text[at] === ',') {
      at += 1;
    } else if (text.startsWith('\r\n', at)) {
      records.push(record);
      record = [];
      at += 2;
    } else {
      throw new Error(`a cell does not end at ${at}`);
    }
  }
  return records;
}

/** Rows by the names in the head. */
export function parseCsvTable(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    if (row.length !== head.length) throw new Error(`a row has ${row.length} cells, the head ${head.length}`);
    return Object.fromEntries(head.map((name, index) => [name, row[index] ?? '']));
  });
}
