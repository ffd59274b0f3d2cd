import type { Gateway } from '../fixtures/gateway.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import type { FaultRun } from './fault-run.ts';

interface RampRunOptions {
  /** One that runs already. */
  readonly server?: RampServer;
  readonly inSite?: Parameters<RampServer['inSite']>[0];
  /** A change of the site file after the server was put in. */
  readonly change?: (siteText: string) => string;
}

/** A site with a ramp server of its own beside the plant; its ramps are weighed. Nothing of the gateway runs yet. */
export async function prepareRamps(
  run: FaultRun,
  options: RampRunOptions = {},
): Promise<{ server: RampServer; start(): Gateway }> {
  const { folder, plant } = run.line;
  const server = options.server ?? (await RampServer.start(folder, plant.historianUrl));
  const { change = (text: string): string => text } = options;
  run.countOn(server);
  const withServer = server.inSite(options.inSite);
  // The plant's own ramps have the same metric names: only those of the server are to count.
  const { start } = await run.prepareGateway({ change: (text) => change(withServer(withoutLoad(text))) });
  return { server, start };
}

/** The same with a gateway that runs; every ramp is in the database and counts from there. */
export async function startRamps(
  run: FaultRun,
  options: RampRunOptions = {},
): Promise<{ server: RampServer; gateway: Gateway; start(): Gateway }> {
  const { server, start } = await prepareRamps(run, options);
  const gateway = start();
  await run.open();
  return { server, gateway, start };
}

/** Removes the plant's own load tags from the site file. */
function withoutLoad(siteText: string): string {
  return siteText.replaceAll(/^ {6}- node: nsu=urn:lineside:demo-line;s=Load\.\d+\n(?: {8}\S.*\n)+/gm, '');
}
