import { isDeepStrictEqual } from 'node:util';
import type { Reason } from '../../shared/domain/reason.ts';
import {
  parseReasons,
  type ReasonCsvFault,
  type ReasonImport,
  type ReasonImportResult,
} from '../../shared/domain/reason-csv.ts';
import { isEngineError } from '../platform/engine-error.ts';
import type { ConfigurationStore } from './configuration-store.ts';
import { refuseBrokenTree } from './reason-tree.ts';

/**
 * Takes a table of reasons into the tree: adds and changes, and takes none away; the whole table or nothing. What is
 * wrong with it comes back as faults, what is wrong with the file of the configuration is thrown.
 */
export function importReasons(
  store: Pick<ConfigurationStore, 'reasons' | 'putReasons'>,
  { text, isDryRun }: ReasonImport,
): ReasonImportResult {
  const parsed = parseReasons(text);
  if (parsed.phase === 'refused') return parsed;
  const known = store.reasons();
  const before = new Map(known.map((reason) => [reason.reasonId, reason]));
  const added = parsed.reasons.filter(({ reasonId }) => !before.has(reasonId));
  const changed = parsed.reasons.filter((reason) => {
    const old = before.get(reason.reasonId);
    return old !== undefined && !isDeepStrictEqual(old, reason);
  });
  const fault = findTreeFault(known, parsed.reasons);
  if (fault !== null) return { phase: 'refused', faults: [fault] };
  if (!isDryRun && added.length + changed.length > 0) store.putReasons([...added, ...changed]);
  return {
    phase: isDryRun ? 'planned' : 'imported',
    addedIds: added.map(({ reasonId }) => reasonId),
    changedIds: changed.map(({ reasonId }) => reasonId),
    unchangedCount: parsed.reasons.length - added.length - changed.length,
    reasons: [...store.reasons()],
  };
}

function findTreeFault(known: readonly Reason[], taken: readonly Reason[]): ReasonCsvFault | null {
  const ids = new Set(taken.map(({ reasonId }) => reasonId));
  try {
    refuseBrokenTree([...known.filter(({ reasonId }) => !ids.has(reasonId)), ...taken], ids);
    return null;
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return { row: null, column: 'parentReasonId', text: error.message };
  }
}
