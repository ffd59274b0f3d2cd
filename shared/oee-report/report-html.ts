import { htmlTable } from './html-table.ts';
import { htmlTimeline } from './html-timeline.ts';
import { reportStyle } from './report-style.ts';
import { htmlText } from './safe-text.ts';
import type { EquipmentSection, ShiftReport } from './shift-report.ts';
import type { SignOff } from './sign-off.ts';

/** Nothing is fetched, run or sent, wherever the file is opened; the styles are the ones in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The report as one HTML file: style and pictures are in it, no scripts, no addresses. The PDF is its print. */
export function reportHtml(report: ShiftReport): string {
  const { title, place, caution, program } = report;
  const about = `${program}. Figures are exact fractions of whole milliseconds and parts; rounding is for reading only.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${htmlText(title)}</title>
<style>${reportStyle(title, program)}</style>
</head>
<body>
<header>
<p class="place"><bdi>${htmlText(place)}</bdi></p>
<h1><bdi>${htmlText(title)}</bdi></h1>
${caution === null ? '' : `<p class="caution">${htmlText(caution)}</p>`}
</header>
<main>
${headline(report)}
${remarks(report)}
${htmlTable(report.summary)}
${htmlTimeline(report.timeline)}
${facts(report.facts)}
${report.sections.map(section).join('\n')}
${signOff(report.signOff)}
</main>
<footer><p class="program">${htmlText(about)}</p></footer>
</body>
</html>
`;
}

const headline = ({ headline: figures }: ShiftReport): string =>
  `<ul class="figures">${figures
    .map(({ label, figure, cause }) => {
      const why = cause === null ? '' : `<span class="cause">${htmlText(cause)}</span>`;
      return `<li><span class="label">${htmlText(label)}</span> <span class="figure">${htmlText(figure)}</span>${why}</li>`;
    })
    .join('')}</ul>`;

function remarks({ remarks: all }: ShiftReport): string {
  if (all.length === 0) return '';
  const items = all.map(({ about, text }) => `<li><bdi>${htmlText(about)}</bdi>: <bdi>${htmlText(text)}</bdi></li>`);
  return `<section class="remarks"><h2>What makes these figures doubtful</h2><ul>${items.join('')}</ul></section>`;
}

const facts = (all: readonly { readonly label: string; readonly value: string }[]): string =>
  `<dl class="facts">${all
    .map(({ label, value }) => `<dt>${htmlText(label)}</dt><dd><bdi>${htmlText(value)}</bdi></dd>`)
    .join('')}</dl>`;

function section({ heading, basis, mostCostly, tables }: EquipmentSection): string {
  const costly = mostCostly === null ? '' : `<p><bdi>${htmlText(mostCostly)}</bdi></p>`;
  return `<section class="section"><h2><bdi>${htmlText(heading)}</bdi></h2>${costly}<p class="basis"><bdi>${htmlText(basis)}</bdi></p>
${tables.map(htmlTable).join('\n')}</section>`;
}

function signOff(state: SignOff): string {
  const signed = state.phase === 'signed' || state.phase === 'outdated' ? facts(state.facts) : '';
  const lines =
    state.phase === 'unsigned' || state.phase === 'outdated'
      ? '<div class="lines"><span>Name and signature</span><span>Date and time</span><span class="wide">Comment</span></div>'
      : '';
  return `<section class="sign-off"><h2>Sign-off</h2><p>${htmlText(state.text)}</p>${signed}${lines}</section>`;
}
