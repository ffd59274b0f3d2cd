import { readFile } from 'node:fs/promises';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { StatusRecord } from '../observability/status-record.ts';
import { describeError } from '../platform/engine-error.ts';
import { EXIT } from './read-arguments.ts';

/** Written every 2 s: after this time something is wrong with the process or its disk. */
const STALE_AFTER_MS = 10_000;

/** What can be said of a gateway from outside. */
export type GatewayStatus =
  | { readonly phase: 'absent' }
  | { readonly phase: 'unreadable'; readonly reason: string }
  | { readonly phase: 'stopped'; readonly record: StatusRecord }
  /** The process is gone without having said so. */
  | { readonly phase: 'gone'; readonly record: StatusRecord }
  /** The process is there and its status grows old. */
  | { readonly phase: 'stale'; readonly record: StatusRecord; readonly ageMs: number }
  | { readonly phase: 'running'; readonly record: StatusRecord; readonly ageMs: number };

/** Where and when the question is asked. */
export interface Observer {
  readonly nowMs: number;
  readonly hostName: string;
  isProcessThere(processId: number): boolean;
}

/** The text of a status file, undefined when there is none, as a status. */
export function judgeStatus(text: string | undefined, observer: Observer): GatewayStatus {
  if (text === undefined) return { phase: 'absent' };
  let record: StatusRecord;
  try {
    record = StatusRecord.parse(JSON.parse(text));
  } catch (error) {
    return { phase: 'unreadable', reason: describeError(error) };
  }
  if (record.phase === 'stopped') return { phase: 'stopped', record };
  const isOurHost = record.hostName === observer.hostName;
  if (isOurHost && !observer.isProcessThere(record.processId)) return { phase: 'gone', record };
  const ageMs = Math.max(0, observer.nowMs - record.writtenAtMs);
  return { phase: ageMs > STALE_AFTER_MS ? 'stale' : 'running', record, ageMs };
}

/** Nothing needs attention, and every connection stands. */
export function isHealthy({ attention, servers, broker, ingest, historian, isIngestHere }: EngineSnapshot): boolean {
  const host = isIngestHere ? [ingest.broker, historian.state] : [];
  const connections = [...servers.map((server) => server.state), broker.state, ...host];
  return (
    attention.length === 0 &&
    broker.session === 'born' &&
    (!isIngestHere || ingest.isOnline) &&
    connections.every((state) => state.phase === 'connected')
  );
}

/** 0 healthy, 1 needs attention, 3 does not run. */
export function toStatusExitCode(status: GatewayStatus): number {
  switch (status.phase) {
    case 'running':
      return isHealthy(status.record.snapshot) ? EXIT.ok : EXIT.failed;
    case 'stale':
    case 'unreadable':
      return EXIT.failed;
    case 'absent':
    case 'stopped':
    case 'gone':
      return EXIT.notRunning;
  }
}

/** Reads and judges a status file; one that cannot be read is a status too. */
export async function readStatus(file: string, observer: Observer): Promise<GatewayStatus> {
  try {
    return judgeStatus(await readFile(file, 'utf8'), observer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return judgeStatus(undefined, observer);
    return { phase: 'unreadable', reason: describeError(error) };
  }
}

/** True also for a process of another user, which may not be signalled. */
export function isProcessThere(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
