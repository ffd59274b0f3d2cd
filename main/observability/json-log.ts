import { destination, type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Log } from '../platform/log.ts';

type Facts = Parameters<Log['info']>[1];

/** What the line itself says, and how a fact is called that would say it a second time: a reader sees only one. */
const RENAMED_FACTS: Readonly<Record<string, string>> = {
  time: 'factTime',
  level: 'factLevel',
  stage: 'factStage',
  text: 'detail',
};

const toFields = (facts: Facts = {}): NonNullable<Facts> =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [RENAMED_FACTS[key] ?? key, value]));

/** One JSON line per fact: `time` (ISO 8601 UTC), `level`, `stage`, `text`, and the facts. */
function wrap(logger: pino.Logger, path: string): Log {
  return {
    info: (text, facts) => logger.info(toFields(facts), text),
    warn: (text, facts) => logger.warn(toFields(facts), text),
    error: (text, facts) => logger.error(toFields(facts), text),
    scope: (name) => {
      const scoped = path === '' ? name : `${path}.${name}`;
      return wrap(logger.child({ stage: scoped }), scoped);
    },
  };
}

/**
 * A logger that writes to a file descriptor (1 stdout, 2 stderr) or any stream. Fields that could carry a
 * secret are masked whatever calls them.
 */
export function createJsonLog(target: 1 | 2 | DestinationStream): Log {
  const stream = typeof target === 'number' ? destination({ fd: target, sync: true }) : target;
  const logger = pino(
    {
      base: null,
      messageKey: 'text',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', '*.password', 'privateKey', '*.privateKey', 'key', '*.key'],
    },
    stream,
  );
  return wrap(logger, '');
}
