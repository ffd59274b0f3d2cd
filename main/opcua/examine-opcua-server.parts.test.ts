import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { type LineServer, startLineServer } from '../demo/line-server.ts';
import { systemClock } from '../platform/clock.ts';
import { examineOpcuaServer } from './examine-opcua-server.ts';
import { listServerCertificates, trustServerCertificate } from './server-trust-list.ts';

let folder: string;
let server: LineServer;

async function examine(password = 'correct horse'): Promise<ProbeStep[]> {
  return examineOpcuaServer({
    serverId: 'line',
    endpointUrl: server.endpointUrl,
    securityMode: 'SignAndEncrypt',
    securityPolicy: 'Basic256Sha256',
    identity: { type: 'user-name', userName: 'lineside', password },
    tags: [],
    trustFolder: join(folder, 'opcua-pki'),
    clock: systemClock,
  });
}
const last = (steps: readonly ProbeStep[]) => steps.map(({ step, ok, code }) => [step, ok, code]).at(-1);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-examine-'));
  const users = [{ userName: 'lineside', password: 'correct horse' }];
  server = await startLineServer({ seed: 1, certificateFolder: join(folder, 'server'), users }, { clock: systemClock });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the doctor at an OPC UA server', () => {
  it('shows what the server shows and ends at the trust, then at the login, and at last compares the clocks', async () => {
    const first = await examine();
    expect(last(first)).toEqual(['trust', false, 'opcua/cert-untrusted']);
    const shown = first.find(({ step }) => step === 'server-certificate');
    const [refused] = await listServerCertificates(join(folder, 'opcua-pki'));
    expect(shown?.facts).toContain(`SHA-1 ${refused?.sha1}`);
    await trustServerCertificate(join(folder, 'opcua-pki'), refused?.sha1 ?? '');
    expect(last(await examine('wrong'))).toEqual(['session', false, 'opcua/login-refused']);
    const good = await examine();
    expect(good.every(({ ok }) => ok)).toBe(true);
    expect(good.at(-1)).toMatchObject({ step: 'clock' });
    expect(good.at(-1)?.text).toMatch(/^Its clock is \d+ ms (ahead of|behind) ours/);
  });

  it('says that nothing listens where no server is', async () => {
    await server.close();
    expect(last(await examine())).toEqual(['tcp', false, 'opcua/unreachable']);
  });
});
