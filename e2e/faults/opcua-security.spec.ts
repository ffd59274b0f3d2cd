import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority } from '../fixtures/authority.ts';
import type { Gateway } from '../fixtures/gateway.ts';
import { RampServer } from '../fixtures/ramp-server.ts';
import type { RampServerOptions } from '../fixtures/ramp-server-face.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';
import { prepareRamps } from './ramp-run.ts';

const OPCUA = { stage: 'opcua.ramps' };
const SECURE = { security: 'securityMode: SignAndEncrypt' };
const TOLD_MS = 2_000;

/** What an operator does who has compared the fingerprint: the rejected certificate becomes a trusted one. */
async function trustRejected(run: FaultRun): Promise<void> {
  const folder = join(run.dataFolder, 'opcua-pki');
  const trusted = join(folder, 'trusted', 'certs');
  await mkdir(trusted, { recursive: true });
  for (const name of await readdir(join(folder, 'rejected'))) {
    await rename(join(folder, 'rejected', name), join(trusted, name));
  }
}

/** A gateway that trusts the present certificate of a secure server; it was refused before that. */
async function startTrusting(run: FaultRun): Promise<{ server: RampServer; gateway: Gateway }> {
  const { folder, plant } = run.line;
  const server = await RampServer.start(folder, plant.historianUrl, { isSecure: true });
  const { start } = await prepareRamps(run, { server, inSite: SECURE });
  const gateway = start();
  await gateway.untilLogged('away', { ...OPCUA, code: 'opcua/cert-untrusted' });
  await trustRejected(run);
  await run.open();
  return { server, gateway };
}

/** The server comes back with another face and is refused for `code`, then with its own again. */
async function comesBackAs(run: FaultRun, face: Partial<RampServerOptions>, code: string): Promise<void> {
  const { server, gateway } = await startTrusting(run);
  await server.stopLoad();
  await run.lasts(TOLD_MS);
  await server.kill();
  await server.startUnheard(face);
  await gateway.untilLogged('away', { ...OPCUA, code });
  await run.lasts(5_000);
  // Nothing was taken from the one that was refused: it counted for itself.
  await server.kill();
  await server.startAgain();
  run.over();
  await run.settle(gateway, { recoveryLimitMs: 60_000 });
  await server.close();
}

fault(
  {
    number: 37,
    title: 'a server certificate that nobody trusted is refused by name until an operator trusts it',
    injection: 'secure server with a certificate of its own, moved from rejected to trusted afterwards',
  },
  async (run) => {
    const { server, gateway } = await startTrusting(run);
    await run.lasts(3_000);
    run.over();
    await run.settle(gateway);
    await server.close();
  },
);

fault(
  {
    number: 37,
    title: 'a server certificate of an authority that nobody knows is refused, and the server used again with its own',
    injection: 'server started again with a certificate of another authority, which is over as well',
    needs: ['openssl'],
    limitS: 300,
  },
  async (run) => {
    const authority = await Authority.create(run.line.folder, 'plant-authority');
    const certificate = await authority.issueOpcua('ramps', 'urn:lineside:ramps', 1);
    await run.lasts(1_500);
    await comesBackAs(run, { isSecure: true, certificate }, 'opcua/cert-invalid');
  },
);

fault(
  {
    number: 38,
    title: 'a server that offers no security any more is refused, and used again when it does',
    injection: 'secure server killed, one on its port offers None only for 5 s, then the secure one again',
    limitS: 300,
  },
  (run) => comesBackAs(run, { isSecure: false }, 'opcua/endpoint-not-offered'),
);
