import { type BigServerOptions, startBigServer } from '../testing/big-address-space.ts';

/**
 * A big server in a process of its own: takes `BigServerOptions` as JSON, writes its endpoint URL as the first
 * line, ends when its standard input closes.
 */
const server = await startBigServer(JSON.parse(process.argv[2] ?? '{}') as BigServerOptions);
process.stdout.write(`${server.endpointUrl}\n`);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
