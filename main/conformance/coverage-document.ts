import { countCoverage, type SectionCoverage, type Standing, toCoverage } from './coverage.ts';

/** Between these lines of docs/sparkplug.md stands what is written by `npm run conformance -- --write`. */
const BEGIN = '<!-- written by npm run conformance -- --write -->';
const END = '<!-- end of what is written -->';

function describeStanding(standing: Standing): string {
  switch (standing.kind) {
    case 'covered':
      return standing.says;
    case 'uncovered':
      return `**not covered:** ${standing.reason}`;
    case 'broker':
      return 'binds the broker';
    case 'forgotten':
      return '**not covered**';
  }
}

/** `|` would end the cell. */
const toCell = (text: string): string => text.replaceAll('|', '\\|');

function toSection({ section, title, entries, coveredCount, ownCount }: SectionCoverage): string {
  const count = ownCount === 0 ? '' : ` (${coveredCount} of ${ownCount})`;
  const rows = entries.map(
    ({ assertion: { id, level }, standing }) => `| \`${id}\` | ${level} | ${toCell(describeStanding(standing))} |`,
  );
  return [
    `### ${section} ${title}${count}`,
    '',
    '| id | level | what our suite checks |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The table of all assertions, by section. */
function toTable(): string {
  const [edge, host] = [countCoverage('edge'), countCoverage('host')];
  const sum = `Covered: ${edge.covered} of ${edge.own} that bind the edge node, ${host.covered} of ${host.own} that bind the host.`;
  return [sum, ...toCoverage().map(toSection)].join('\n\n');
}

/** The document with its table made anew. Throws where the two lines around the table are missing. */
export function renewTable(document: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/sparkplug.md has no lines "${BEGIN}" and "${END}"`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${toTable()}\n\n${document.slice(to)}`;
}
