import type { Explanation, SampleLine } from '../../../shared/domain/oee-explanation.ts';
import { countText, plural } from '../../components/number-text.ts';
import { exactTimeText, lengthText, timestampText, zoneText } from '../../components/time-text.ts';
import { describeFigure } from '../shift/figure-text.ts';

type Term = Explanation['terms'][number];
export type Piece = Term['pieces'][number];

const ROLE_NAMES: Readonly<Record<Term['role'], string>> = {
  numerator: 'Above the line',
  denominator: 'Below the line',
  part: 'Part',
};

/** To the second where a tile has minutes: what is added up must be seen to add up. */
function amountText(value: number, unit: Term['unit']): string {
  return unit === 'ms'
    ? `${lengthText(value)} (${countText(Math.round(value / 1_000))} s)`
    : describeFigure(value, unit);
}

export interface TermView {
  readonly role: string;
  readonly label: string;
  readonly formula: string;
  readonly amount: string;
  /** `12 intervals and steps`, and how many of them are listed. */
  readonly pieces: string;
}

export function toTermView(term: Term): TermView {
  const shown = term.pieces.length;
  const all = plural(term.pieceCount, 'interval or step', 'intervals and steps');
  return {
    role: ROLE_NAMES[term.role],
    label: term.label,
    formula: term.formula,
    amount: amountText(term.value, term.unit),
    pieces: shown < term.pieceCount ? `${all}, the longest ${countText(shown)} listed` : all,
  };
}

export interface PieceView {
  readonly label: string;
  readonly time: string;
  readonly amount: string;
}

/** A piece with its local times; a step of a counter has one time. */
export function toPieceView(piece: Piece, timeZone: string): PieceView {
  const from = exactTimeText(piece.fromMs, timeZone);
  const to = `${exactTimeText(piece.toMs, timeZone)} ${zoneText(piece.toMs, timeZone)}`;
  return {
    label: piece.label,
    time: piece.fromMs === piece.toMs ? to : `${from}–${to}`,
    amount: amountText(piece.value, piece.unit),
  };
}

/** Quality as a word: without one a good sample and a bad one look the same. */
export const isGoodQuality = (quality: string): boolean => /^good/i.test(quality);

export function toSampleCells(sample: SampleLine, timeZone: string): readonly string[] {
  const delayMs = sample.receivedAtMs - sample.timeMs;
  return [
    timestampText(sample.timeMs, timeZone),
    `${timestampText(sample.receivedAtMs, timeZone)} (${delayMs < 0 ? '−' : '+'}${delayText(Math.abs(delayMs))})`,
    sample.metricName,
    sample.value,
    sample.isHistorical ? `${sample.quality}, sent later` : sample.quality,
  ];
}

const delayText = (ms: number): string => (ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : lengthText(ms));
