import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { initAuthority } from './site-authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'lineside-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the watch over the certificates of a gateway', () => {
  it('sees at the next hour what was renewed, and names a file once that two places share', async () => {
    const clock = fakeClock();
    const file = join(folder, 'ca.pem');
    const install = async (name: string): Promise<void> => {
      const facts = await initAuthority({ folder: join(folder, name), name, keyKind: 'ec-p256', years: 1 }, 0);
      writeFileSync(file, facts.pem);
    };
    await install('Old');
    const place = { path: file, role: 'trusted', stage: 'broker' } as const;
    const absent = { path: join(folder, 'none.pem'), role: 'absent', stage: 'servers' } as const;
    const watch = new CertificateWatch([place, place, absent], clock, silentLog);
    const stop = watch.start();
    await vi.waitFor(() => expect(watch.certificates.map(({ subject }) => subject)).toEqual(['CN=Old']));
    await install('New');
    clock.advanceMs(3_599_000);
    expect(watch.certificates[0]?.subject).toBe('CN=Old');
    clock.advanceMs(1_000);
    await vi.waitFor(() => expect(watch.certificates[0]?.subject).toBe('CN=New'));
    stop();
  });

  it('watches the end of a list of revoked certificates, and passes over what is none', async () => {
    const place = join(folder, 'Listed');
    await initAuthority({ folder: place, name: 'Listed', keyKind: 'ec-p256', years: 1 }, 0);
    const lists = { path: join(place, 'crl.pem'), role: 'revoked', stage: 'broker', isRevocations: true } as const;
    const others = { ...lists, path: place };
    const watch = new CertificateWatch([lists, { ...lists, path: join(place, 'none.pem') }], fakeClock(), silentLog);
    await watch.look();
    expect(watch.certificates).toEqual([
      expect.objectContaining({ kind: 'revocations', subject: 'CN=Listed', validToMs: 365 * 86_400_000 }),
    ]);
    const whole = new CertificateWatch([others], fakeClock(), silentLog);
    await whole.look();
    expect(whole.certificates.map(({ file }) => file)).toEqual([lists.path]);
  });
});
