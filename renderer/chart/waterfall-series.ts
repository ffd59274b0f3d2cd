import type { LossStep } from '../../shared/domain/equipment-shift.ts';

export type LossUnit = 'minutes' | 'parts';

export interface WaterfallColumn {
  readonly id: string;
  readonly label: string;
  readonly kind: LossStep['kind'];
  readonly bigLoss: string | null;
  /** Minutes or parts; null where the loss has no number of parts. */
  readonly value: number | null;
  /** Place of the bar, 0 (bottom) … 1 (top of the highest level). */
  readonly lowRatio: number;
  readonly highRatio: number;
}

const MINUTE_MS = 60_000;

/**
 * Levels stand on the ground, losses hang from what was left before them. Losses of nothing are left out; a step without
 * a value in this unit leaves the level as it is.
 */
export function toWaterfall(steps: readonly LossStep[], unit: LossUnit): readonly WaterfallColumn[] {
  const valueOf = (step: LossStep): number | null => (unit === 'minutes' ? step.ms / MINUTE_MS : step.partCount);
  const most = Math.max(0, ...steps.map((step) => valueOf(step) ?? 0));
  let left = most;
  return steps
    .filter((step) => step.kind === 'level' || step.ms !== 0)
    .map((step) => {
      const value = valueOf(step);
      const high = step.kind === 'level' ? (value ?? left) : left;
      const low = step.kind === 'level' ? 0 : high - (value ?? 0);
      left = step.kind === 'level' ? high : low;
      const ratio = (amount: number): number => (most === 0 ? 0 : Math.max(0, Math.min(1, amount / most)));
      return {
        id: step.id,
        label: step.label,
        kind: step.kind,
        bigLoss: step.bigLoss,
        value,
        lowRatio: ratio(Math.min(low, high)),
        highRatio: ratio(Math.max(low, high)),
      };
    });
}
