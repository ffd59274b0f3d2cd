import { Authority } from '../fixtures/authority.ts';
import { ClientFiles, TlsBroker } from '../fixtures/tls-broker.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const NO_ROAD = 'no connection to the broker';
/** Long enough for the start of the gateway on a busy machine. */
const SHORT_LIFE_S = 45;

/** A TLS broker, and a gateway with a certificate of the same authority that sends through it. */
async function startOverTls(run: FaultRun, validS?: number) {
  const { folder } = run.line;
  const authority = await Authority.create(folder, 'site-authority');
  const server = await authority.issueServer('broker');
  const client = await authority.issueClient('gateway', validS);
  const files = new ClientFiles(folder);
  await files.put(authority.certificate, client);
  const issuedAtMs = performance.now();
  const broker = await TlsBroker.start(folder, { authority: authority.certificate, server });
  const { gateway } = await run.startGateway({ change: files.inSite(broker.url) });
  return { authority, server, client, files, broker, gateway, issuedAtMs };
}

fault(
  {
    number: 61,
    title: 'an own certificate that expires while connected is used anew when it was renewed on disk',
    injection: `client certificate of ${SHORT_LIFE_S} s, broker killed after its end, renewed files put in place 5 s later`,
    needs: ['openssl'],
  },
  async (run) => {
    const { authority, server, files, broker, gateway, issuedAtMs } = await startOverTls(run, SHORT_LIFE_S);
    await run.lasts(Math.max(0, SHORT_LIFE_S * 1_000 + 2_000 - (performance.now() - issuedAtMs)));
    await broker.restartWith({ authority: authority.certificate, server });
    await gateway.untilLogged(NO_ROAD, { code: 'mqtt/client-cert-refused' });
    await run.lasts(5_000);
    await files.put(authority.certificate, await authority.issueClient('gateway-renewed'));
    run.over();
    await run.settle(gateway);
    await broker.close();
  },
);

fault(
  {
    number: 62,
    title: 'a broker with a certificate of another authority is refused until that authority is trusted',
    injection: 'broker restarted with a certificate of a new authority; the new authority put in place 5 s later',
    needs: ['openssl'],
    isFast: true,
  },
  async (run) => {
    const { authority, client, files, broker, gateway } = await startOverTls(run);
    const other = await Authority.create(run.line.folder, 'other-authority');
    await broker.restartWith({ authority: authority.certificate, server: await other.issueServer('broker') });
    await gateway.untilLogged(NO_ROAD, { code: 'mqtt/tls-unknown-ca' });
    await run.lasts(5_000);
    await files.put(other.certificate, client);
    run.over();
    await run.settle(gateway);
    await broker.close();
  },
);

fault(
  {
    number: 62,
    title: 'a broker whose certificate is for another host is refused, and used again with the right one',
    injection: 'broker restarted with a certificate for another host name, after 5 s with its own',
    needs: ['openssl'],
  },
  async (run) => {
    const { authority, server, broker, gateway } = await startOverTls(run);
    const wrong = await authority.issueServer('elsewhere', 'DNS:elsewhere.example');
    await broker.restartWith({ authority: authority.certificate, server: wrong });
    await gateway.untilLogged(NO_ROAD, { code: 'mqtt/tls-host-name' });
    await run.lasts(5_000);
    await broker.restartWith({ authority: authority.certificate, server });
    run.over();
    await run.settle(gateway);
    await broker.close();
  },
);

fault(
  {
    number: 62,
    title: 'a revoked client certificate is refused with its reason, and a new one works without a restart',
    injection: 'broker restarted with a revocation list that names the gateway; another certificate 5 s later',
    needs: ['openssl'],
  },
  async (run) => {
    const { authority, server, client, files, broker, gateway } = await startOverTls(run);
    const next = await authority.issueClient('gateway-next');
    const revoked = authority.revoke(client);
    await broker.restartWith({ authority: authority.certificate, server, revoked });
    await gateway.untilLogged(NO_ROAD, { code: 'mqtt/client-cert-refused' });
    await run.lasts(5_000);
    await files.put(authority.certificate, next);
    run.over();
    await run.settle(gateway);
    await broker.close();
  },
);
