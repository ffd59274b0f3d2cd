import { cssString } from './safe-text.ts';

/**
 * The style sheet of the report: light only, greys first, made for A4 and Letter alike (no width is in
 * millimetres). The page boxes carry title and page number in browsers from Chromium 131 on.
 */
export function reportStyle(title: string, program: string): string {
  return `
:root { color-scheme: light; }
@page {
  margin: 16mm 12mm 16mm;
  @top-left { content: ${cssString(title)}; font: 8pt sans-serif; color: #5b636c; }
  @bottom-left { content: ${cssString(program)}; font: 8pt sans-serif; color: #5b636c; }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #5b636c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1060px; background: #fff; color: #1c2024;
  font: 10pt/1.4 Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 2pt; }
h2 { font-size: 13pt; margin: 0 0 4pt; padding-top: 6pt; border-top: 1.5pt solid #1c2024; }
h3 { font-size: 10pt; margin: 12pt 0 3pt; break-after: avoid; }
h2, .section > p { break-after: avoid; }
p { margin: 0 0 4pt; }
.place, .note, .basis, .absence, .program { color: #4c545c; font-size: 8.5pt; }
.caution { margin: 8pt 0; padding: 5pt 8pt; border: 1pt solid #1c2024; border-left-width: 5pt; font-weight: 600; }
.remarks { margin: 8pt 0; padding: 6pt 8pt; border: 1.5pt solid #1c2024; break-inside: avoid; }
.remarks h2 { border: 0; padding: 0; font-size: 10pt; }
.remarks ul { margin: 0; padding-left: 14pt; }
.figures { display: flex; flex-wrap: wrap; gap: 10pt 26pt; margin: 10pt 0 8pt; padding: 0; list-style: none; }
.figures .label { display: block; font-size: 8.5pt; color: #4c545c; }
.figures .figure { display: block; font-size: 20pt; font-weight: 600; line-height: 1.15; }
.figures li:last-child .figure { font-weight: 800; }
.figures .cause { display: block; max-width: 150pt; font-size: 8.5pt; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 1pt 12pt; margin: 8pt 0; font-size: 8.5pt; }
dl.facts dt { color: #4c545c; }
dl.facts dd { margin: 0; white-space: pre-wrap; }
table { width: 100%; border-collapse: collapse; font-size: 8.5pt; }
thead { display: table-header-group; }
tfoot { display: table-row-group; font-weight: 600; }
tr { break-inside: avoid; }
caption { text-align: left; font-weight: 600; font-size: 10pt; padding: 12pt 0 3pt; break-after: avoid; }
caption .note { font-weight: 400; }
th, td { padding: 2pt 8pt 2pt 0; text-align: left; vertical-align: top; border-bottom: 0.5pt solid #c9ced3;
  overflow-wrap: break-word; white-space: pre-line; }
thead th { border-bottom: 1pt solid #1c2024; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
tfoot th, tfoot td { border-top: 1pt solid #1c2024; border-bottom: 0; }
.n { text-align: right; white-space: nowrap; }
.bar { width: 22%; padding-right: 0; }
.bar svg { display: block; width: 100%; height: 9pt; }
tr.marked > * { font-weight: 700; }
tr.marked > :first-child { border-left: 4pt solid #1c2024; padding-left: 4pt; }
.marker { display: block; font-size: 7.5pt; text-transform: uppercase; letter-spacing: 0.03em; }
figure { margin: 12pt 0; break-inside: avoid; }
figcaption { font-weight: 600; padding-bottom: 3pt; }
figure svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 2pt 12pt; margin: 4pt 0 0; padding: 0; list-style: none; font-size: 8pt; }
.legend svg { display: inline-block; width: 20pt; height: 10pt; vertical-align: -1.5pt; margin-right: 3pt; }
.section { margin-top: 18pt; }
.sign-off { margin-top: 20pt; break-inside: avoid; }
.lines { display: grid; grid-template-columns: 2fr 1fr; gap: 30pt 24pt; margin: 34pt 0 0; font-size: 8.5pt; }
.lines span { border-top: 1pt solid #1c2024; padding-top: 2pt; }
.lines .wide { grid-column: 1 / -1; }
.program { margin-top: 16pt; }
@media print { body { padding: 0; max-width: none; } .section { break-before: page; margin-top: 0; } }
@media (max-width: 700px) { body { padding: 12px; } }
`;
}
