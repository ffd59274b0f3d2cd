import { composeTrust, composeTrustList } from '../compose-browse.ts';
import { EngineError } from '../platform/engine-error.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside opcua trust --data DIR [--thumbprint SHA] [--json]';

type Listed = Awaited<ReturnType<typeof composeTrustList>>[number];

const describe = (one: Listed): string =>
  [
    `${one.state.padEnd(8)}  ${one.subject}, valid ${one.validFrom} to ${one.validTo}`,
    `          for ${one.applicationUri ?? 'no application'}`,
    `          SHA-1 ${one.sha1}, SHA-256 ${one.sha256}`,
  ]
    .map(printable)
    .join('\n');

/**
 * `lineside opcua trust`: lists the certificates of servers that this gateway trusts and has refused; with a
 * thumbprint it trusts that one. Returns the exit code.
 */
export async function runOpcuaTrust(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    { data: { type: 'string' }, thumbprint: { type: 'string' }, json: { type: 'boolean' } },
    USAGE,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${USAGE}`);
  if (values.thumbprint !== undefined) {
    const trusted = await composeTrust(values.data, values.thumbprint);
    print(values.json ? JSON.stringify(trusted) : describe(trusted));
    return EXIT.ok;
  }
  const listed = await composeTrustList(values.data);
  if (values.json) print(JSON.stringify(listed));
  else print(listed.map(describe).join('\n') || 'no server was trusted or refused yet');
  return EXIT.ok;
}
