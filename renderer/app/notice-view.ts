import { type ScreenId, SCREENS } from './screens.ts';

/** Where something is put right, by stage; the first screen that there is. */
const SCREENS_OF_STAGE: Readonly<Record<string, readonly string[]>> = {
  servers: ['servers', 'tags'],
  mapping: ['tags'],
  buffer: ['queue'],
  broker: ['sparkplug', 'queue'],
  ingest: ['sparkplug', 'queue'],
  historian: ['historian', 'queue'],
};

/** Some codes say more than their stage. */
const SCREENS_OF_CODE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^config\//, ['changes']],
  [/^certificates\/|cert|\/tls/, ['certificates']],
];

/** The screen on which the next step of a notice is done; null where there is none. */
export function findScreenFor(stage: string, code: string | null): ScreenId | null {
  const ofCode = SCREENS_OF_CODE.find(([pattern]) => code !== null && pattern.test(code))?.[1] ?? [];
  const wanted = [...ofCode, ...(SCREENS_OF_STAGE[stage] ?? [])];
  for (const id of wanted) {
    if (id === 'changes') return 'changes';
    const screen = SCREENS.find((one) => one.id === id);
    if (screen !== undefined) return screen.id;
  }
  return null;
}

export const titleOf = (screen: ScreenId): string =>
  SCREENS.find(({ id }) => id === screen)?.title ?? (screen === 'changes' ? 'Changes' : screen);
