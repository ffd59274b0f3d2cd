/** State of a small seeded generator (mulberry32): plain data, so that a line can be copied and repeated. */
export interface RandomState {
  word: number;
}

/** A generator for one purpose: machines do not disturb each other's history. */
export function createRandom(seed: number, purpose: string): RandomState {
  let word = seed >>> 0;
  for (let index = 0; index < purpose.length; index++) {
    word = Math.imul(word ^ purpose.charCodeAt(index), 0x9e3779b1) >>> 0;
  }
  return { word };
}

/** Next number in 0 … 1 (1 excluded); moves the state on. */
export function nextRandom(random: RandomState): number {
  random.word = (random.word + 0x6d2b79f5) >>> 0;
  let mixed = random.word;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** Between `from` and `to`, evenly. */
export const nextBetween = (random: RandomState, from: number, to: number): number =>
  from + nextRandom(random) * (to - from);

/** Exponentially distributed with the given mean, as waiting times between failures are. */
export const nextWait = (random: RandomState, mean: number): number => -Math.log(1 - nextRandom(random)) * mean;
