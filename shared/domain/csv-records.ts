interface CsvRecord {
  /** Line of the file on which it begins; the first is 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

type CsvTable =
  | { readonly phase: 'read'; readonly records: CsvRecord[] }
  | { readonly phase: 'broken'; readonly row: number; readonly text: string };

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Records of a table as spreadsheets write it: RFC 4180 with commas, or with the semicolons of countries with a decimal
 * comma (whatever the head has more of), any line ends, with or without a byte order mark. Rows of nothing are left out.
 */
export function readCsv(text: string): CsvTable {
  const plain = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const separator = findSeparator(plain);
  const records: CsvRecord[] = [];
  let line = 1;
  let row = 1;
  let cells: string[] = [];
  let cell = '';
  const endRecord = (): void => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) records.push({ row, cells });
    cells = [];
    cell = '';
    row = line;
  };
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain.charAt(at);
    if (sign === '"' && cell === '') {
      const end = findClosingQuote(plain, at + 1);
      if (end === -1) return { phase: 'broken', row: line, text: 'a cell begins with a quote and has none at its end' };
      cell = plain.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = end;
      const next = plain.charAt(at + 1);
      if (next !== '' && next !== separator && next !== '\r' && next !== '\n') {
        return { phase: 'broken', row: line, text: `after a quoted cell comes “${next}” and not a separator` };
      }
    } else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') {
      line += 1;
      endRecord();
    } else if (sign !== '\r') {
      cell += sign;
    }
  }
  endRecord();
  return { phase: 'read', records };
}

function findSeparator(text: string): string {
  const [head = ''] = text.split('\n', 1);
  return head.split(';').length > head.split(',').length ? ';' : ',';
}

function findClosingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  return -1;
}
