import type { AssertionId } from '../sparkplug/assertions.ts';

interface Gap {
  readonly ids: readonly AssertionId[];
  /** Why no check of ours can say anything of them. */
  readonly reason: string;
}

/** The assertions that bind our edge node or our host and that no check covers. The list is closed: a test counts it. */
export const uncovered: readonly Gap[] = [
  {
    ids: ['tck-id-operational-behavior-host-application-host-id'],
    reason: 'that no other host has the id is decided in the site files of the plant, not by one host',
  },
];
