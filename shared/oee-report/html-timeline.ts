import type { TimelineSegment } from '../domain/equipment-shift.ts';
import { TIME_CLASSES, type TimeClass } from '../oee/time-class.ts';
import { spanText, wallClockAt } from './report-time.ts';
import { htmlText, visibleText } from './safe-text.ts';
import type { ReportTimeline } from './shift-report.ts';
import { STATE_SIGNS, type StateSign } from './state-signs.ts';

/** Units of the drawing; it is scaled to the width of the page. */
const WIDTH = 1_000;
const LEFT = 110;
const ROW = 34;
const AXIS = 18;
/** A letter needs this much room. */
const LETTER = 13;
const HOUR_MS = 3_600_000;

/** States of all equipment under each other on one axis of time, as inline SVG with its legend. */
export function htmlTimeline(timeline: ReportTimeline): string {
  const rows = timeline.rows.filter(({ segments }) => segments.length > 0);
  if (rows.length === 0 || timeline.toMs <= timeline.fromMs) return '';
  const xOf = (atMs: number): number =>
    LEFT + ((WIDTH - LEFT) * (clamp(atMs, timeline) - timeline.fromMs)) / (timeline.toMs - timeline.fromMs);
  const height = rows.length * ROW + AXIS;
  const seen = TIME_CLASSES.filter((name) => rows.some(({ segments }) => segments.some((s) => s.timeClass === name)));
  const drawn = rows.map(({ name, segments }, index) => {
    const y = index * ROW;
    const label = `<text x="0" y="${y + 21}" font-size="11">${htmlText(shorten(visibleText(name)))}</text>`;
    return `<g role="img" aria-label="${htmlText(describeRow(name, segments))}">${label}${drawRow(segments, y, xOf)}</g>`;
  });
  return `<figure><figcaption>States</figcaption><svg viewBox="0 0 ${WIDTH} ${height}" font-family="inherit" fill="#1c2024">${PATTERNS}${drawAxis(
    timeline,
    rows.length * ROW,
    xOf,
  )}${drawn.join('')}</svg>${legend(seen)}</figure>`;
}

/** One path for each class: a shift of 2,000 segments stays a small file. */
function drawRow(segments: readonly TimelineSegment[], y: number, xOf: (atMs: number) => number): string {
  const paths = new Map<TimeClass, string[]>();
  const letters: string[] = [];
  for (const { fromMs, toMs, timeClass } of segments) {
    const { letter, ink, isTall } = STATE_SIGNS[timeClass];
    const x = xOf(fromMs);
    const width = xOf(toMs) - x;
    if (width <= 0) continue;
    const top = isTall ? y + 3 : y + 7;
    const tall = isTall ? 28 : 20;
    const parts = paths.get(timeClass) ?? [];
    parts.push(`M${round(x)} ${top}h${round(width)}v${tall}h-${round(width)}z`);
    paths.set(timeClass, parts);
    if (width < LETTER || letter === '') continue;
    const ground = HALOED.includes(STATE_SIGNS[timeClass].pattern)
      ? ' paint-order="stroke" stroke="#fff" stroke-width="2.5"'
      : '';
    letters.push(
      `<text x="${round(x + width / 2)}" y="${y + 21}" font-size="11" font-weight="700" text-anchor="middle" fill="${ink}"${ground}>${letter}</text>`,
    );
  }
  const shapes = [...paths].map(([timeClass, parts]) => drawShape(STATE_SIGNS[timeClass], parts.join('')));
  return shapes.join('') + letters.join('');
}

const HALOED: readonly StateSign['pattern'][] = ['rising', 'falling', 'crossed', 'dotted'];

function drawShape({ fill, pattern }: StateSign, path: string): string {
  const ground = `<path d="${path}" fill="${fill}" stroke="#7d8790" stroke-width="0.4"/>`;
  if (pattern === 'plain') return ground;
  if (pattern === 'dashed')
    return `<path d="${path}" fill="${fill}" stroke="#1c2024" stroke-width="1" stroke-dasharray="3 2"/>`;
  return `${ground}<path d="${path}" fill="url(#p-${pattern})"/>`;
}

const line = (id: string, path: string): string =>
  `<pattern id="p-${id}" width="5" height="5" patternUnits="userSpaceOnUse"><path d="${path}" stroke="#1c2024" stroke-width="0.5" fill="none"/></pattern>`;

const PATTERNS = `<defs>${line('rising', 'M-1 1L1 -1M0 5L5 0M4 6L6 4')}${line('falling', 'M-1 4L1 6M0 0L5 5M4 -1L6 1')}${line(
  'crossed',
  'M0 5L5 0M0 0L5 5',
)}${line('dotted', 'M2 2h1')}${line('upright', 'M1.5 0v5M4 0v5')}</defs>`;

function drawAxis({ fromMs, toMs, timeZone }: ReportTimeline, top: number, xOf: (atMs: number) => number): string {
  const ticks: string[] = [];
  const stepMs = HOUR_MS * Math.max(1, Math.ceil((toMs - fromMs) / HOUR_MS / 12));
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) {
    const x = round(xOf(atMs));
    const { time } = wallClockAt(atMs, timeZone);
    const anchor = x > WIDTH - 15 ? 'end' : 'middle';
    ticks.push(
      `<path d="M${x} 0V${top}" stroke="#c9ced3" stroke-width="0.6"/><text x="${x}" y="${top + 13}" font-size="10" text-anchor="${anchor}">${time.slice(0, 5)}</text>`,
    );
  }
  return ticks.join('');
}

const legend = (seen: readonly TimeClass[]): string =>
  `<ul class="legend">${seen
    .map((timeClass) => {
      const sign = STATE_SIGNS[timeClass];
      const box = `<svg viewBox="0 0 24 12" aria-hidden="true">${drawShape(sign, 'M1 1h22v10h-22z')}</svg>`;
      return `<li>${box}${htmlText(`${sign.letter} ${sign.word}`.trim())}</li>`;
    })
    .join('')}</ul>`;

/** The whole row in words, largest share first. */
function describeRow(name: string, segments: readonly TimelineSegment[]): string {
  const spans = new Map<TimeClass, number>();
  for (const { timeClass, fromMs, toMs } of segments) spans.set(timeClass, (spans.get(timeClass) ?? 0) + toMs - fromMs);
  const parts = [...spans].sort(([, a], [, b]) => b - a).map(([key, ms]) => `${STATE_SIGNS[key].word} ${spanText(ms)}`);
  return `${name}: ${parts.join(', ')}`;
}

const clamp = (atMs: number, range: ReportTimeline): number => Math.min(range.toMs, Math.max(range.fromMs, atMs));
const round = (value: number): number => Math.round(value * 100) / 100;
const shorten = (name: string): string => (name.length > 16 ? `${name.slice(0, 15)}…` : name);
