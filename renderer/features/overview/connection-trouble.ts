import { assertNever } from '../../../shared/domain/assert-never.ts';
import type { ConnectionState, RecoveryStage } from '../../../shared/domain/engine-snapshot.ts';
import { countText } from '../../components/number-text.ts';
import { durationText, stopwatchText } from '../../components/time-text.ts';

/** A connection that is not well: one word, for how long, what is wrong, and when the next try comes. */
export interface ConnectionTrouble {
  readonly word: string;
  readonly elapsed: string;
  readonly text: string;
  readonly code: string | null;
  readonly nextTry: string | null;
}

const RECOVERY_TEXTS: Readonly<Record<RecoveryStage, string>> = {
  republish: 'The server is asked for what did not come.',
  read: 'The values are read again.',
  'new-subscription': 'The tags are subscribed anew.',
  'new-session': 'A new session is opened.',
};

/** Null while the connection is well. `nowMs` is the engine's clock. */
export function toConnectionTrouble(state: ConnectionState, nowMs: number): ConnectionTrouble | null {
  switch (state.phase) {
    case 'connected':
      return null;
    case 'stopped':
      return { word: 'stopped', elapsed: '', text: 'Not started.', code: null, nextTry: null };
    case 'connecting':
      return {
        word: 'connecting',
        elapsed: '',
        text: state.attempt > 1 ? `Attempt ${countText(state.attempt)}.` : 'First attempt.',
        code: null,
        nextTry: null,
      };
    case 'stale':
      return {
        word: 'silent',
        elapsed: stopwatchText(nowMs - state.sinceMs),
        text: toSentence(state.text),
        code: state.code,
        nextTry: null,
      };
    case 'recovering':
      return {
        word: 'recovering',
        elapsed: stopwatchText(nowMs - state.sinceMs),
        text: `${toSentence(state.text)} ${RECOVERY_TEXTS[state.stage]}`,
        code: state.code,
        nextTry: null,
      };
    case 'away':
      return {
        word: 'away',
        elapsed: stopwatchText(nowMs - state.sinceMs),
        text: toSentence(state.text),
        code: state.code,
        nextTry:
          state.retryAtMs > nowMs ? `Next try in ${durationText(state.retryAtMs - nowMs + 999)}.` : 'Trying now.',
      };
    default:
      return assertNever(state);
  }
}

/** First letter large, full stop at the end: the parts of a card are written by several stages. */
function toSentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  // Addresses and ids keep their spelling.
  const first = /^[a-z]+[\s,]/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
