/** What stands where there is no value; its cause stands beside it. */
export const DASH = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const countText = (count: number): string => whole.format(count);

/** Short form for badges: `1.2 k`, `3.4 M`. */
export function shortCountText(count: number): string {
  if (count < 1_000) return whole.format(count);
  if (count < 999_950) return `${oneDigit.format(count / 1_000)} k`;
  return `${oneDigit.format(count / 1_000_000)} M`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

/** Rate for a label: one digit below ten, so that a slow line does not look dead. */
export function rateText(perS: number): string {
  const isSmall = perS > 0 && perS < 9.95;
  return `${isSmall ? oneDigit.format(perS) : whole.format(perS)}/s`;
}

/** 0.748 → `74.8`; the percent sign is set apart as the unit. */
export const percentText = (ratio: number): string => oneDigit.format(ratio * 100);

/** Megabytes of 10^6 bytes, as limits are configured. */
export function megabyteText(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return megabytes < 9.95 ? oneDigit.format(megabytes) : whole.format(megabytes);
}
