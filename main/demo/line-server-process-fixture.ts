import { systemClock } from '../platform/clock.ts';
import { type LineServerOptions, startLineServer } from './line-server.ts';

/**
 * A line server in a process of its own, for tests that kill or freeze it. Takes `LineServerOptions` as JSON,
 * writes its endpoint URL as the first line, ends when its standard input closes.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as LineServerOptions;
const server = await startLineServer(options, { clock: systemClock });
process.stdout.write(`${server.endpointUrl}\n`);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
