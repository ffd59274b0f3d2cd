import type { Reason, ReasonTimeClass } from '../../../shared/domain/reason.ts';

/** A line of the tree as it is drawn. */
export interface ReasonRow {
  readonly reason: Reason;
  readonly name: string;
  /** 1 for a root. */
  readonly level: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
}

export interface TreeFilter {
  readonly search: string;
  readonly closedIds: ReadonlySet<string>;
  readonly isRetiredShown: boolean;
}

export const nameOf = (reason: Reason): string => reason.names['en'] ?? reason.reasonId;

const fits = (reason: Reason, search: string): boolean =>
  [reason.reasonId, ...Object.values(reason.names)].some((text) => text.toLowerCase().includes(search));

/** The tree from top to bottom. A search opens everything, and keeps what fits with all that stands above it. */
export function toReasonRows(reasons: readonly Reason[], filter: TreeFilter): ReasonRow[] {
  const search = filter.search.trim().toLowerCase();
  const shown = reasons.filter((reason) => filter.isRetiredShown || reason.retiredAtMs === null);
  const below = (parentId: string | null, level: number): ReasonRow[] =>
    shown
      .filter((reason) => reason.parentReasonId === parentId)
      .flatMap((reason) => {
        const children = below(reason.reasonId, level + 1);
        if (search !== '' && children.length === 0 && !fits(reason, search)) return [];
        const isOpen = search !== '' || !filter.closedIds.has(reason.reasonId);
        const row = { reason, name: nameOf(reason), level, hasChildren: children.length > 0, isOpen };
        return [row, ...(isOpen ? children : [])];
      });
  return below(null, 1);
}

/** What a key does in the tree; null for keys that are none of its own. */
export type TreeStep =
  | { readonly kind: 'choose'; readonly reasonId: string }
  | { readonly kind: 'open' | 'close'; readonly reasonId: string }
  | { readonly kind: 'rename' | 'retire' | 'add' };

/** As the tree pattern of ARIA says it; F2 renames, Delete retires, Insert adds below. */
export function stepOfKey(rows: readonly ReasonRow[], chosenId: string | null, key: string): TreeStep | null {
  const at = rows.findIndex(({ reason }) => reason.reasonId === chosenId);
  const row = rows[at];
  const choose = (index: number): TreeStep | null => {
    const found = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    return found === undefined ? null : { kind: 'choose', reasonId: found.reason.reasonId };
  };
  switch (key) {
    case 'ArrowDown':
      return choose(at + 1);
    case 'ArrowUp':
      return choose(at - 1);
    case 'Home':
      return choose(0);
    case 'End':
      return choose(rows.length - 1);
    case 'ArrowRight':
      if (row === undefined || !row.hasChildren) return null;
      return row.isOpen ? choose(at + 1) : { kind: 'open', reasonId: row.reason.reasonId };
    case 'ArrowLeft': {
      if (row === undefined) return null;
      if (row.hasChildren && row.isOpen) return { kind: 'close', reasonId: row.reason.reasonId };
      const { parentReasonId } = row.reason;
      return parentReasonId === null ? null : { kind: 'choose', reasonId: parentReasonId };
    }
    case 'F2':
    case 'Enter':
      return row === undefined ? null : { kind: 'rename' };
    case 'Delete':
      return row === undefined ? null : { kind: 'retire' };
    case 'Insert':
      return { kind: 'add' };
    default:
      return null;
  }
}

/** An id made of the name, that no reason has or had. */
export function toReasonId(name: string, reasons: readonly Reason[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  const stem =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 56) || 'reason';
  const known = new Set(reasons.map(({ reasonId }) => reasonId));
  for (let count = 1; ; count++) {
    const reasonId = count === 1 ? stem : `${stem}-${count}`;
    if (!known.has(reasonId)) return reasonId;
  }
}

/** Places where a reason may go: everything that is offered, but itself and what is below it. */
export function possibleParents(reasons: readonly Reason[], reasonId: string | null): readonly Reason[] {
  const isBelow = (reason: Reason | undefined): boolean => {
    if (reason === undefined) return false;
    return reason.reasonId === reasonId || isBelow(reasons.find((one) => one.reasonId === reason.parentReasonId));
  };
  return reasons.filter((reason) => reason.retiredAtMs === null && !isBelow(reason));
}

/** Time of these classes is not planned production time. */
const OUTSIDE: readonly ReasonTimeClass[] = ['planned', 'no-order', 'not-scheduled'];

/** What another class does to OEE, or null where it moves nothing. */
export function describeClassChange(before: ReasonTimeClass, after: ReasonTimeClass): string | null {
  if (before === after) return null;
  const [wasOutside, isOutside] = [OUTSIDE.includes(before), OUTSIDE.includes(after)];
  const past = 'Stops that have this reason already are counted by the new class when their shift is recomputed.';
  if (wasOutside === isOutside) return past;
  return isOutside
    ? `Stops with this reason leave the planned production time: availability rises without one minute more of production. ${past}`
    : `Stops with this reason come into the planned production time and lower availability. ${past}`;
}
