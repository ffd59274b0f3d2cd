import type { AssertionId } from '../sparkplug/assertions.ts';
import type { Mutant } from './mutant.ts';
import type { Recording } from './recording.ts';
import { type EdgeConnection, edgeConnections, type Message, type MetricOfMessage, nameMessage } from './select.ts';

/** What a check has seen over all recordings: a later pass never hides an earlier failure. */
export interface Verdict {
  /** How many things were judged; with none the recordings prove nothing. */
  readonly subjectCount: number;
  readonly findings: readonly string[];
}

export type Check = (recordings: readonly Recording[]) => Verdict;

/** How one or several assertions are checked, and by which faults the check is itself checked. */
export interface Rule {
  readonly ids: readonly AssertionId[];
  /** What is checked, as a sentence in the present tense. */
  readonly says: string;
  readonly check: Check;
  /** Each of them must turn the check red. */
  readonly mutants: readonly Mutant[];
}

/** What is wrong with a subject; undefined where nothing is. */
type Judge<S> = (subject: S) => string | undefined;

/** Judges every subject of every recording. */
export function every<S>(
  subjectsOf: (recording: Recording) => readonly S[],
  nameOf: (subject: S) => string,
  judge: Judge<S>,
): Check {
  return (recordings) => {
    const subjects = recordings.flatMap(subjectsOf);
    const findings = subjects.flatMap((subject) => {
      const fault = judge(subject);
      return fault === undefined ? [] : [`${nameOf(subject)}: ${fault}`];
    });
    return { subjectCount: subjects.length, findings };
  };
}

export const everyMessage = (select: (recording: Recording) => readonly Message[], judge: Judge<Message>): Check =>
  every(select, nameMessage, judge);

export const everyMetric = (
  select: (recording: Recording) => readonly MetricOfMessage[],
  judge: Judge<MetricOfMessage>,
): Check =>
  every(
    select,
    ({ message, metric }) => `${nameMessage(message)}, metric ${metric.name ?? `alias ${metric.alias}`}`,
    judge,
  );

export const nameConnection = ({ recording, connection }: EdgeConnection): string =>
  `${recording.scenario}, connection ${recording.connections.indexOf(connection) + 1}`;

export const everyConnection = (judge: Judge<EdgeConnection>): Check => every(edgeConnections, nameConnection, judge);

/** A check of a whole recording that counts and names what it has seen by itself. */
export const whole =
  (judge: (recording: Recording) => Verdict): Check =>
  (recordings) =>
    joinVerdicts(recordings.map(judge));

const joinVerdicts = (verdicts: readonly Verdict[]): Verdict => ({
  subjectCount: verdicts.reduce((sum, { subjectCount }) => sum + subjectCount, 0),
  findings: verdicts.flatMap(({ findings }) => findings),
});

/** Holds where all of the checks do; each of them must have seen something. */
export const all =
  (...checks: readonly Check[]): Check =>
  (recordings) => {
    const verdicts = checks.map((check) => check(recordings));
    const isEmpty = verdicts.some(({ subjectCount }) => subjectCount === 0);
    return { ...joinVerdicts(verdicts), ...(isEmpty ? { subjectCount: 0 } : {}) };
  };

/** `undefined` where it holds, else the fault: for judges of one line. */
export const unless = (holds: boolean, fault: string): string | undefined => (holds ? undefined : fault);
