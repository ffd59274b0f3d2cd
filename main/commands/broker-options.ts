import { join } from 'node:path';
import { z } from 'zod';
import { BrokerConfig } from '../../shared/config/connections.ts';
import { EngineError } from '../platform/engine-error.ts';

/** Options that name a broker and what is shown to it. */
export const BROKER_OPTIONS = {
  broker: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  user: { type: 'string' },
  'password-file': { type: 'string' },
} as const;

export const BROKER_USAGE = '--broker URL [--ca FILE --cert FILE --key FILE --user NAME --password-file FILE]';

type BrokerValues = { readonly [Name in keyof typeof BROKER_OPTIONS]?: string | undefined };

/** A broker of the command line; relative paths start at the working folder. */
export interface NamedBroker {
  readonly broker: BrokerConfig;
  /** Where relative paths of secrets start: any name in the working folder. */
  readonly besides: string;
}

/**
 * The broker that the words name; its files are not read yet.
 * @throws EngineError `cli/usage`.
 */
export function readBrokerOptions(values: BrokerValues, usage: string): NamedBroker {
  if (values.broker === undefined) throw new EngineError('cli/usage', `name the broker\nusage: ${usage}`);
  const { ca, cert, key } = values;
  if (ca === undefined && (cert ?? key) !== undefined) {
    throw new EngineError('cli/usage', `--cert and --key need --ca\nusage: ${usage}`);
  }
  const parsed = BrokerConfig.safeParse({
    url: values.broker,
    ...(ca === undefined ? {} : { tls: { ca, ...(cert === undefined ? {} : { cert }), ...(key ? { key } : {}) } }),
    ...(values.user === undefined ? {} : { userName: values.user }),
    ...(values['password-file'] === undefined ? {} : { passwordFile: values['password-file'] }),
  });
  if (!parsed.success) throw new EngineError('cli/usage', `${z.prettifyError(parsed.error)}\nusage: ${usage}`);
  return { broker: parsed.data, besides: join(process.cwd(), 'command-line') };
}
