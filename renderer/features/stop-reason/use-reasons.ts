import type { PickableReason } from './reason-tree.ts';

/** Reasons that can be given; null where this engine offers no list of them. */
export const useReasons = (): readonly PickableReason[] | null => null;

/** Names to choose from beside what is typed. */
export const usePeople = (): readonly string[] => [];
