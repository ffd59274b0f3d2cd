import type { DiscoveredEndpoint, DiscoveredServer } from '../../shared/domain/discovered-server.ts';
import { composeDiscovery } from '../compose-browse.ts';
import { EngineError } from '../platform/engine-error.ts';
import { abortOnStop } from './abort-on-stop.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside opcua discover URL [--json]';

function describeEndpoint(endpoint: DiscoveredEndpoint): string[] {
  const mark = (endpoint.isRecommended ? 'safest' : endpoint.isSupported ? '' : 'unusable').padEnd(8);
  const security = `${endpoint.securityMode} with ${endpoint.securityPolicy}`;
  const logins = `logins: ${endpoint.userTokenTypes.join(', ') || 'none'}`;
  const hint = endpoint.urlHint === null ? [] : [`            instead ${endpoint.usableUrl}: ${endpoint.urlHint}`];
  return [`  ${mark}  ${endpoint.url}  ${security}, level ${endpoint.securityLevel}, ${logins}`, ...hint];
}

function describeServer(server: DiscoveredServer): string {
  const certificates = new Map(server.endpoints.flatMap(({ certificate: one }) => (one ? [[one.sha256, one]] : [])));
  const lines = [
    `${server.applicationName} (${server.applicationType}, ${server.applicationUri})`,
    ...server.endpoints.flatMap(describeEndpoint),
    ...[...certificates.values()].flatMap((one) => [
      `  certificate ${one.subject}, valid ${one.validFrom} to ${one.validTo}${one.isInDate ? '' : ' (NOT NOW)'}`,
      `    SHA-1 ${one.sha1}, SHA-256 ${one.sha256}`,
    ]),
    ...(server.fault === null ? [] : [`  FAIL  ${server.fault.text} (${server.fault.code})`]),
  ];
  const isOpenOnly = server.endpoints.length > 0 && !server.endpoints.some(({ isRecommended }) => isRecommended);
  if (isOpenOnly) lines.push('  no endpoint of this server is safe: enable Basic256Sha256 with SignAndEncrypt there');
  return lines.map(printable).join('\n');
}

/** `lineside opcua discover`: which servers and endpoints an address tells of. Returns the exit code. */
export async function runOpcuaDiscover(words: readonly string[], print: (text: string) => void): Promise<number> {
  const url = words.find((word) => !word.startsWith('-'));
  const options = words.filter((word) => word !== url);
  const values = readArguments(options, { json: { type: 'boolean' } }, USAGE);
  if (url === undefined) throw new EngineError('cli/usage', `name the address of a server\nusage: ${USAGE}`);
  const signal = abortOnStop();
  try {
    const discovery = await composeDiscovery(url, signal);
    if (values.json) print(JSON.stringify(discovery));
    else {
      print(discovery.servers.map(describeServer).join('\n\n'));
      if (discovery.leftOutCount > 0) print(`${discovery.leftOutCount} more servers or endpoints are left out`);
      print('\nNot authenticated: anyone on the network could have answered this. Nothing is trusted by it.');
    }
    return discovery.servers.every(({ fault }) => fault === null) ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (signal.aborted) return EXIT.ok;
    throw error;
  }
}
