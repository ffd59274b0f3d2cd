import { forgetPrimaryHost } from '../compose-host-memory.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside sparkplug forget-host --data DIR [--json]';

/**
 * `lineside sparkplug forget-host`: for a primary host whose clock once ran ahead: its STATE is older than the newest
 * one known and is ignored, as the specification wants, until a person says otherwise.
 */
export async function runSparkplugForgetHost(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(words, { data: { type: 'string' }, json: { type: 'boolean' } }, USAGE);
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${USAGE}`);
  const session = await forgetPrimaryHost(values.data);
  if (values.json) print(JSON.stringify({ isGatewayRunning: session !== undefined, session: session ?? null }));
  else if (session === undefined) print('forgotten; no gateway runs here, its next start begins without them');
  else print(`forgotten; the gateway runs, its session was ${session} and listens to the STATE of its host anew`);
  return EXIT.ok;
}
