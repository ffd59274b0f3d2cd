import type { Pool } from 'pg';
import type { EvidenceColumns, EvidenceQuery } from '../../shared/oee/evidence-columns.ts';
import type { StopCut } from '../../shared/oee/machine-account.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type {
  MadeRevision,
  ShiftTask,
  SpokenWords,
  StoredRevision,
  StoredShift,
} from '../../shared/oee/stored-shift.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import { commitShift, type ShiftCommit } from './oee-account-store.ts';
import { readEvidence } from './oee-evidence-reader.ts';
import { type FollowOptions, followRevised, followRules, readFirstSampleMs } from './oee-progress-store.ts';
import { readRevisions } from './oee-revision-store.ts';
import {
  askFor,
  keepLine,
  keepShifts,
  readShifts,
  readShiftsBefore,
  readTasks,
  type StoredLine,
} from './oee-shift-store.ts';
import {
  addAssignment,
  addCut,
  addSignature,
  type NewAssignment,
  type NewSignature,
  readReasons,
  readWords,
  type StoredReason,
} from './oee-words-store.ts';

/** What OEE keeps in the historian, and the samples it is computed from. Every method rejects with the driver's error. */
export interface OeeTables {
  /** See `readEvidence`. */
  readEvidence(query: EvidenceQuery): Promise<EvidenceColumns[]>;
  readFirstSampleMs(machineIds: readonly string[], metricNames: readonly string[]): Promise<number | null>;
  keepLine(line: StoredLine): Promise<void>;
  /** See `keepShifts`. */
  keepShifts(
    lineId: string,
    range: TimeRange,
    planned: readonly ShiftInstance[],
    because: string | null,
  ): Promise<boolean>;
  readShifts(lineId: string, range: TimeRange): Promise<StoredShift[]>;
  readShiftsBefore(lineId: string, beforeMs: number, limit: number): Promise<StoredShift[]>;
  askFor(lineId: string, range: TimeRange, because: string | null): Promise<number>;
  readTasks(lineId: string, endedBeforeMs: number, limit: number): Promise<ShiftTask[]>;
  /** See `followRevised`. */
  followRevised(options: FollowOptions): Promise<number>;
  followRules(lineId: string, rulesPrint: string, range: TimeRange): Promise<number>;
  /** See `commitShift`. */
  commitShift(commit: ShiftCommit): Promise<MadeRevision[]>;
  readRevisions(shiftIds: readonly number[], equipmentIds: readonly string[]): Promise<StoredRevision[]>;
  readReasons(): Promise<StoredReason[]>;
  readWords(machineIds: readonly string[], range: TimeRange): Promise<Map<string, SpokenWords>>;
  addAssignment(said: NewAssignment): Promise<void>;
  addCut(machineId: string, cut: StopCut, by: string): Promise<void>;
  addSignature(said: NewSignature): Promise<boolean>;
}

/** `watched` runs a call and notes whether the database answered. */
export function openOeeTables(pool: Pool, watched: <T>(work: () => Promise<T>) => Promise<T>): OeeTables {
  return {
    readEvidence: (query) => watched(() => readEvidence(pool, query)),
    readFirstSampleMs: (machineIds, metricNames) => watched(() => readFirstSampleMs(pool, machineIds, metricNames)),
    keepLine: (line) => watched(() => keepLine(pool, line)),
    keepShifts: (lineId, range, planned, because) => watched(() => keepShifts(pool, lineId, range, planned, because)),
    readShifts: (lineId, range) => watched(() => readShifts(pool, lineId, range)),
    readShiftsBefore: (lineId, beforeMs, limit) => watched(() => readShiftsBefore(pool, lineId, beforeMs, limit)),
    askFor: (lineId, range, because) => watched(() => askFor(pool, lineId, range, because)),
    readTasks: (lineId, endedBeforeMs, limit) => watched(() => readTasks(pool, lineId, endedBeforeMs, limit)),
    followRevised: (options) => watched(() => followRevised(pool, options)),
    followRules: (lineId, rulesPrint, range) => watched(() => followRules(pool, lineId, rulesPrint, range)),
    commitShift: (commit) => watched(() => commitShift(pool, commit)),
    readRevisions: (shiftIds, equipmentIds) => watched(() => readRevisions(pool, shiftIds, equipmentIds)),
    readReasons: () => watched(() => readReasons(pool)),
    readWords: (machineIds, range) => watched(() => readWords(pool, machineIds, range)),
    addAssignment: (said) => watched(() => addAssignment(pool, said)),
    addCut: (machineId, cut, by) => watched(() => addCut(pool, machineId, cut, by)),
    addSignature: (said) => watched(() => addSignature(pool, said)),
  };
}
