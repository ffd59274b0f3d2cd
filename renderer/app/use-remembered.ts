import { useCallback, useState } from 'react';
import type { z } from 'zod';

const PREFIX = 'lineside.view.';

/** What was kept, or the first value where nothing was or where it does not fit any more. */
export function readRemembered<T>(text: string | null, schema: z.ZodType<T>, first: T): T {
  if (text === null) return first;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : first;
  } catch {
    return first;
  }
}

/**
 * State of a screen that the window remembers over leaving the screen and over a restart: filters, open branches,
 * widths of panels. `key` names screen and thing (`tags.search`), `schema` is what an older window may have left.
 */
export function useRemembered<T>(key: string, schema: z.ZodType<T>, first: T): readonly [T, (next: T) => void] {
  const place = `${PREFIX}${key}`;
  const [value, setValue] = useState(() => readRemembered(localStorage.getItem(place), schema, first));
  const remember = useCallback(
    (next: T): void => {
      setValue(next);
      localStorage.setItem(place, JSON.stringify(next));
    },
    [place],
  );
  return [value, remember];
}
