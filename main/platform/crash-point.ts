/**
 * Moments at which the fault tests let the process die as by SIGKILL, named because a random kill hardly ever meets
 * them. `LINESIDE_CRASH_AT=mid-drop:3` ends it at the third time. The packaged application runs out of its archive
 * and has no such moments, whatever its environment says.
 */
import { EngineError } from './engine-error.ts';

const POINTS = [
  'before-commit',
  'after-commit',
  'before-publish',
  'after-barrier',
  'mid-drop',
  'mid-quarantine',
  'mid-migration',
  'mid-site-revision',
] as const;
export type CrashPoint = (typeof POINTS)[number];

export interface CrashPlan {
  readonly point: CrashPoint;
  /** 1 = the first time the moment comes. */
  readonly nth: number;
}

/**
 * What the variable asks for; undefined when it is not set, and always inside an archive.
 * @throws EngineError `platform/crash-point-unknown`: a misspelt moment never comes, and its test would pass.
 */
export function parseCrashPlan(text: string | undefined, moduleUrl: string): CrashPlan | undefined {
  if (text === undefined || text === '' || moduleUrl.includes('.asar/')) return undefined;
  const [name, nthText = '1'] = text.split(':');
  const point = POINTS.find((each) => each === name);
  const nth = Number(nthText);
  if (point === undefined || !Number.isInteger(nth) || nth < 1) {
    throw new EngineError(
      'platform/crash-point-unknown',
      `LINESIDE_CRASH_AT=${text} names no moment: write one of ${POINTS.join(', ')}, then :1, :2 …`,
    );
  }
  return { point, nth };
}

const plan = parseCrashPlan(process.env['LINESIDE_CRASH_AT'], import.meta.url);
let comingCount = 0;

/** Ends the process here when the environment of a test says so; does nothing else, ever. */
export function crashPoint(point: CrashPoint): void {
  if (plan?.point !== point || ++comingCount < plan.nth) return;
  process.kill(process.pid, 'SIGKILL');
}
