import { text as readAll } from 'node:stream/consumers';
import { KEY_KINDS, type KeyKind } from '../certificates/private-key.ts';
import { type AltNames, type Purpose, PURPOSES } from '../certificates/purposes.ts';
import { SecretReader } from '../config/read-secrets.ts';
import { EngineError } from '../platform/engine-error.ts';

/** Never the passphrase itself: what stands on a command line can be read by everybody on the computer. */
export const PASSPHRASE_OPTIONS = {
  'passphrase-file': { type: 'string' },
  'passphrase-stdin': { type: 'boolean' },
} as const;

export const NAME_OPTIONS = {
  dns: { type: 'string', multiple: true },
  ip: { type: 'string', multiple: true },
  uri: { type: 'string', multiple: true },
} as const;

interface PassphraseValues {
  readonly 'passphrase-file'?: string | undefined;
  readonly 'passphrase-stdin'?: boolean | undefined;
}

/** @throws EngineError `certificates/passphrase` when it is empty, `config/secret-open-to-others` */
export async function readPassphrase(values: PassphraseValues): Promise<string | undefined> {
  const file = values['passphrase-file'];
  if (file === undefined && values['passphrase-stdin'] !== true) return undefined;
  const text =
    file === undefined ? await readAll(process.stdin) : await new SecretReader('.').readSecret(file, 'passphrase');
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  throw new EngineError('certificates/passphrase', 'the passphrase is empty; give one, or leave the option out');
}

interface NameValues {
  readonly dns?: readonly string[] | undefined;
  readonly ip?: readonly string[] | undefined;
  readonly uri?: readonly string[] | undefined;
}

export const toAltNames = ({ dns = [], ip = [], uri = [] }: NameValues): AltNames => ({ dns, ip, uri });
export const hasNames = ({ dns, ip, uri }: AltNames): boolean => dns.length + ip.length + uri.length > 0;

export function toPurpose(text: string | undefined, usage: string): Purpose {
  const purpose = PURPOSES.find((known) => known === text);
  if (purpose !== undefined) return purpose;
  throw new EngineError('cli/usage', `--for must be one of ${PURPOSES.join(', ')}\nusage: ${usage}`);
}

export function toKeyKind(text: string | undefined, usual: KeyKind, usage: string): KeyKind {
  const kind = KEY_KINDS.find((known) => known === (text ?? usual));
  if (kind !== undefined) return kind;
  throw new EngineError('cli/usage', `--key must be one of ${KEY_KINDS.join(', ')}\nusage: ${usage}`);
}

/** @throws EngineError `cli/usage` */
export function needed(value: string | undefined, option: string, usage: string): string {
  if (value !== undefined && value !== '') return value;
  throw new EngineError('cli/usage', `--${option} is missing\nusage: ${usage}`);
}
