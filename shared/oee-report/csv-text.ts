import { visibleText } from './safe-text.ts';

/** A cell: text of others is made harmless, `exact` is text of our own and stands as it is. */
export type CsvCell = string | number | boolean | null | { readonly exact: string };

/** Text that a spreadsheet would take for a formula, at its start or behind a sign at which some cut the cell. */
const FORMULA = /(^|[;\t\n])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const NEEDS_QUOTES = /[",;\n\t]|^\s|\s$/;
const LINE_END = '\r\n';
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Lines of RFC 4180 with a head. Text that a spreadsheet would run as a formula gets an apostrophe in front of it;
 * control signs are written as `\u…`; null is an empty cell. Numbers have a point and no separators.
 * With a byte order mark Excel takes the file for UTF-8.
 */
export function csvText(head: readonly string[], rows: Iterable<readonly CsvCell[]>, hasByteOrderMark = false): string {
  const lines = [head.map(quoted).join(',')];
  for (const row of rows) lines.push(row.map(cellText).join(','));
  return `${hasByteOrderMark ? BYTE_ORDER_MARK : ''}${lines.join(LINE_END)}${LINE_END}`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return quoted(cell.exact);
  return typeof cell === 'string' ? quoted(visibleText(cell, 'keep').replaceAll(FORMULA, "$1$2'")) : String(cell);
}

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
