import { describeSqlError, hasNoSession, sqlStateOf } from './sql-errors.ts';

export interface WriteFailure {
  readonly code: `historian/${string}`;
  readonly text: string;
}

const CODES: Readonly<Record<string, WriteFailure['code']>> = {
  '53100': 'historian/disk-full',
  '25006': 'historian/read-only',
  '57014': 'historian/too-slow',
};
/** Two writers met; the next try, some 100 ms later, is all it takes. */
const MEETINGS = ['40001', '40P01', '55P03'];

/** Why rows cannot be stored though there is a connection; undefined when there is none, or when it is over at once. */
export function describeWriteFailure(error: unknown): WriteFailure | undefined {
  const sqlState = sqlStateOf(error);
  if (hasNoSession(error) || sqlState === undefined || MEETINGS.includes(sqlState)) return undefined;
  return { code: CODES[sqlState] ?? 'historian/write-refused', text: describeSqlError(error) };
}
