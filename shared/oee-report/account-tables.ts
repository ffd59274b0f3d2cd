import type { EquipmentShift, LossStep } from '../domain/equipment-shift.ts';
import { TIME_CLASSES } from '../oee/time-class.ts';
import { countText, DASH, ratioText } from './exact-figure.ts';
import { spanText, spanTexts } from './report-time.ts';
import type { ReportBar, ReportRow, ReportTable } from './shift-report.ts';
import { describeClass } from './state-signs.ts';

/**
 * Wall clock that the account is to fill: the whole shift, or of a running one what its timeline reaches (the figures
 * are taken some milliseconds after that); 0 without a shift.
 */
export function elapsedMs({ shift, timeline }: EquipmentShift): number {
  if (shift === null) return 0;
  const endMs = shift.phase === 'running' ? (timeline.at(-1)?.toMs ?? shift.fromMs) : shift.toMs;
  return endMs - shift.fromMs;
}

export const accountSumMs = ({ accountMs }: EquipmentShift): number =>
  TIME_CLASSES.reduce((sum, timeClass) => sum + (accountMs[timeClass] ?? 0), 0);

export function accountTable(shift: EquipmentShift): ReportTable {
  const entries = TIME_CLASSES.map((timeClass) => ({ timeClass, ms: shift.accountMs[timeClass] ?? 0 })).filter(
    ({ ms }) => ms > 0,
  );
  const sumMs = accountSumMs(shift);
  const spans = spanTexts(entries.map(({ ms }) => ms));
  return {
    title: 'Time account',
    note: 'Every moment is in one class; together they are the wall clock.',
    columns: [
      { label: 'Time', align: 'text' },
      { label: 'h:mm:ss', align: 'number' },
      { label: 'Milliseconds', align: 'number' },
      { label: 'Share', align: 'number' },
    ],
    barLabel: 'Share of the wall clock',
    rows: entries.map(({ timeClass, ms }, index) => ({
      cells: [describeClass(timeClass), spans[index] ?? DASH, String(ms), ratioText(ms / sumMs)],
      bar: { fromRatio: 0, toRatio: ms / sumMs, tone: timeClass === 'run' ? 'made' : 'level', markRatio: null },
      mark: null,
    })),
    foot: ['Wall clock', spanText(sumMs), String(sumMs), sumMs === 0 ? DASH : '100.00 %'],
    absence: 'No time has been accounted yet.',
  };
}

export function waterfallTable({ waterfall }: EquipmentShift): ReportTable {
  return {
    title: 'Where the time went',
    note: 'From all time down to the time in which good parts were made at the ideal cycle.',
    columns: [
      { label: 'Step', align: 'text' },
      { label: 'h:mm:ss', align: 'number' },
      { label: 'Good parts', align: 'number' },
      { label: 'Big loss', align: 'text' },
    ],
    barLabel: 'Time',
    rows: toSteps(waterfall),
    foot: null,
    absence: 'No time has been accounted yet.',
  };
}

function toSteps(steps: readonly LossStep[]): ReportRow[] {
  const largestMs = Math.max(1, ...steps.map(({ ms }) => ms));
  let leftMs = 0;
  return steps.map(({ label, kind, ms, partCount, bigLoss }) => {
    const bar: ReportBar =
      kind === 'level'
        ? { fromRatio: 0, toRatio: share(ms, largestMs), tone: 'level', markRatio: null }
        : {
            fromRatio: share(leftMs - ms, largestMs),
            toRatio: share(leftMs, largestMs),
            tone: 'loss',
            markRatio: null,
          };
    leftMs = kind === 'level' ? ms : leftMs - ms;
    const sign = kind === 'loss' ? '− ' : '';
    return { cells: [`${sign}${label}`, spanText(ms), countText(partCount), bigLoss ?? ''], bar, mark: null };
  });
}

export function paretoTable({ pareto }: EquipmentShift): ReportTable {
  const bars = [...pareto].sort((a, b) => b.lostMs - a.lostMs);
  const sumMs = bars.reduce((sum, { lostMs }) => sum + lostMs, 0);
  const spans = spanTexts(bars.map(({ lostMs }) => lostMs));
  const largestMs = Math.max(1, bars[0]?.lostMs ?? 0);
  return {
    title: 'Lost time by reason',
    note: null,
    columns: [
      { label: 'Reason', align: 'text' },
      { label: 'Class', align: 'text' },
      { label: 'h:mm:ss', align: 'number' },
      { label: 'Stops', align: 'number' },
      { label: 'Share', align: 'number' },
    ],
    barLabel: 'Lost time',
    rows: bars.map(({ label, path, timeClass, lostMs, stopCount }, index) => ({
      cells: [
        [...path.filter((part) => part !== label), label].join(' › '),
        describeClass(timeClass),
        spans[index] ?? DASH,
        countText(stopCount),
        ratioText(sumMs === 0 ? null : lostMs / sumMs),
      ],
      bar: { fromRatio: 0, toRatio: share(lostMs, largestMs), tone: 'loss', markRatio: null },
      mark: null,
    })),
    foot:
      bars.length === 0 ? null : ['All', '', spanText(sumMs), countText(sumOf(bars.map((bar) => bar.stopCount))), ''],
    absence: 'No time was lost to a stop.',
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const share = (ms: number, allMs: number): number => Math.min(1, Math.max(0, ms / allMs));
