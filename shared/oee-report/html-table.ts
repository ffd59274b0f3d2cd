import { htmlText } from './safe-text.ts';
import type { ReportBar, ReportRow, ReportTable } from './shift-report.ts';

/** A table of the report; each row has its own header cell, and the head is repeated on every printed page. */
export function htmlTable(table: ReportTable): string {
  const { title, note, rows } = table;
  if (rows.length === 0) return `<h3>${htmlText(title)}</h3><p class="absence">${htmlText(table.absence)}</p>`;
  const noteText = note === null ? '' : ` <span class="note">${htmlText(note)}</span>`;
  const bars = table.barLabel === null ? '' : `<th scope="col" class="bar">${htmlText(table.barLabel)}</th>`;
  const head = table.columns
    .map(({ label, align }) => `<th scope="col"${align === 'number' ? ' class="n"' : ''}>${htmlText(label)}</th>`)
    .join('');
  const foot =
    table.foot === null ? '' : `<tfoot>${htmlRow(table, { cells: table.foot, bar: null, mark: null })}</tfoot>`;
  return `<table><caption>${htmlText(title)}${noteText}</caption><thead><tr>${head}${bars}</tr></thead><tbody>${rows
    .map((row) => htmlRow(table, row))
    .join('\n')}</tbody>${foot}</table>`;
}

function htmlRow({ columns, barLabel }: ReportTable, { cells, bar, mark }: ReportRow): string {
  const marker = mark === null ? '' : `<span class="marker">${htmlText(mark)}</span>`;
  const content = cells.map((cell, index) => {
    const text = `${index === 0 ? marker : ''}<bdi>${htmlText(cell)}</bdi>`;
    if (index === 0) return `<th scope="row">${text}</th>`;
    return columns[index]?.align === 'number' ? `<td class="n">${text}</td>` : `<td>${text}</td>`;
  });
  const picture = barLabel === null ? '' : `<td class="bar">${bar === null ? '' : htmlBar(bar)}</td>`;
  return `<tr${mark === null ? '' : ' class="marked"'}>${content.join('')}${picture}</tr>`;
}

const BAR_FILLS: Readonly<Record<ReportBar['tone'], string>> = { level: '#9aa4ad', loss: '#4c545c', made: '#b4c2ba' };

/** Said in figures beside it, so a screen reader is spared the picture. */
function htmlBar({ fromRatio, toRatio, tone, markRatio }: ReportBar): string {
  const x = permille(fromRatio);
  const width = Math.max(1, permille(toRatio) - x);
  const bar = `<rect x="${x}" y="1" width="${width}" height="8" fill="${BAR_FILLS[tone]}"/>`;
  const target =
    markRatio === null ? '' : `<rect x="${Math.min(988, permille(markRatio))}" width="12" height="10" fill="#1c2024"/>`;
  return `<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${bar}${target}</svg>`;
}

const permille = (ratio: number): number => Math.round(Math.min(1, Math.max(0, ratio)) * 1_000);
