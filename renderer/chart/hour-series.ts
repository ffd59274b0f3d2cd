import type { HourBar } from '../../shared/domain/equipment-shift.ts';
import { countText, DASH, percentText } from '../components/number-text.ts';
import { timeOfDayText, zoneText } from '../components/time-text.ts';

export type HourMeasure = 'good' | 'oee' | 'availability' | 'performance' | 'quality';

export interface HourColumn {
  readonly key: string;
  readonly fromMs: number;
  readonly label: string;
  /** Good parts or percent; null draws no bar. */
  readonly value: number | null;
  /** What Recharts scales by: a bar without a value has no height. */
  readonly height: number;
  readonly target: number | null;
  readonly text: string;
  /** The hour, its value and its target in words, with its factors on a line of their own. */
  readonly title: string;
  /** What it opens to. */
  readonly figureId: string;
  /** So far below its target that it is worth a look. */
  readonly isFarBelow: boolean;
  /** Not a whole hour: at an edge of the shift, or it still runs. */
  readonly isPart: boolean;
}

export interface HourPicture {
  readonly columns: readonly HourColumn[];
  readonly most: number;
}

const HOUR_MS = 3_600_000;
/** Nearly every hour misses its target a little; amber is for those that ask for a look. */
const FAR_BELOW_RATIO = 0.7;

/** A bar each hour (UTC), named by the local time at which it begins; where a time comes twice, with its zone. */
export function toHourPicture(
  hours: readonly HourBar[],
  measure: HourMeasure,
  targetRatio: number,
  timeZone: string,
): HourPicture {
  const names = hours.map((hour) => timeOfDayText(hour.fromMs, timeZone));
  const columns = hours.map((hour, index): HourColumn => {
    const name = names[index] ?? '';
    const isTwice = names.filter((other) => other === name).length > 1;
    const label = isTwice ? `${name} ${zoneText(hour.fromMs, timeZone)}` : name;
    const factor = measure === 'good' ? null : hour[measure];
    const value = factor === null ? hour.counts.good : factor.value === null ? null : factor.value * 100;
    // The target is one of OEE: its factors have none.
    const target = measure === 'good' ? hour.targetCount : measure === 'oee' ? targetRatio * 100 : null;
    const text = value === null ? DASH : measure === 'good' ? countText(value) : percentText(value / 100);
    const cause = value === null && factor !== null && factor.cause !== null ? `, ${factor.cause}` : '';
    const said = `${label}: ${text}${factor === null ? ' good' : value === null ? '' : ' %'}${cause}`;
    return {
      key: String(hour.fromMs),
      fromMs: hour.fromMs,
      label,
      value,
      height: value ?? 0,
      target,
      text,
      title: `${said}${targetText(target, measure)}\n${factorsText(hour)}`,
      figureId: `hour:${hour.fromMs}${factor === null || measure === 'oee' ? '' : `:${measure}`}`,
      isFarBelow: value !== null && target !== null && value < target * FAR_BELOW_RATIO,
      isPart: hour.toMs - hour.fromMs < HOUR_MS,
    };
  });
  return { columns, most: Math.max(1, ...columns.flatMap(({ height, target }) => [height, target ?? 0])) * 1.12 };
}

/** `A 90.0 % × P 84.2 % × Q 97.8 % = OEE 74.1 %`: what the hour is made of. */
function factorsText({ availability, performance, quality, oee }: HourBar): string {
  const of = (letter: string, { value }: HourBar['oee']): string =>
    `${letter} ${value === null ? DASH : `${percentText(value)} %`}`;
  return `${of('A', availability)} × ${of('P', performance)} × ${of('Q', quality)} = ${of('OEE', oee)}`;
}

const targetText = (target: number | null, measure: HourMeasure): string =>
  target === null ? '' : `, target ${countText(target)}${measure === 'oee' ? ' %' : ''}`;
