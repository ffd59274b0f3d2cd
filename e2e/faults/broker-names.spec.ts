import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokerAuthority } from '../fixtures/broker-certificates.ts';
import { Mosquitto, UNBOUNDED } from '../fixtures/plant.ts';
import { fault } from './fault.ts';

const NAME = 'broker.lineside.test';
const OTHER_NAME = 'other.lineside.test';

fault(
  {
    number: 20,
    title:
      'a broker name that is not resolved, then resolved to another host, is refused with its reason, and costs nothing',
    injection:
      'another /etc/hosts in a mount namespace of the gateway: the name gone for 8 s, then that of a broker with a certificate for another name',
    needs: ['unshare', 'openssl', 'mosquitto'],
    needsRoot: true,
  },
  async (run) => {
    const { folder, broker: plain } = run.line;
    const authority = await BrokerAuthority.make(folder);
    const right = await Mosquitto.start(folder, { lines: UNBOUNDED + (await authority.issue(NAME)) });
    run.line.own(() => right.takeAway());
    const { port } = right;
    const wrong = await Mosquitto.start(folder, {
      host: '127.0.0.2',
      port,
      lines: UNBOUNDED + (await authority.issue(OTHER_NAME)),
    });
    run.line.own(() => wrong.takeAway());

    const hosts = join(folder, 'hosts');
    // Written in place: the namespace holds this file, not its name.
    const resolve = (line: string): Promise<void> => writeFile(hosts, `127.0.0.1 localhost\n${line}\n`);
    await resolve(`127.0.0.1 ${NAME}`);
    const { gateway } = await run.startGateway({
      within: ['unshare', '-m', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh'],
      change: (site) =>
        site.replace(`- url: ${plain.url}`, `- url: mqtts://${NAME}:${port}\n    tls: { ca: ${authority.caFile} }`),
    });

    gateway.skipLog();
    await resolve('');
    await right.takeAway();
    await right.bringBack();
    await gateway.untilLogged('no connection to the broker', { stage: 'edge-node', code: 'mqtt/dns' });
    await run.lasts(8_000);
    await resolve(`127.0.0.2 ${NAME}`);
    await gateway.untilLogged('no connection to the broker', { stage: 'edge-node', code: 'mqtt/tls-host-name' });
    await resolve(`127.0.0.1 ${NAME}`);
    run.over();
    await run.settle(gateway);
  },
);
