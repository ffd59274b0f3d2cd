import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, freePort, inRepository } from '../fixtures/child-process.ts';
import { expect, test } from '../fixtures/line.ts';

interface Report {
  readonly ok: boolean;
  readonly parts: readonly {
    part: string;
    steps: readonly { step: string; ok: boolean; code?: string; text: string; nextStep?: string }[];
  }[];
}

async function check(siteFile: string, ...words: string[]): Promise<{ report: Report; exitCode: number | null }> {
  const child = new Child(process.execPath, [
    inRepository('dist/main/cli.js'),
    'check',
    '--config',
    siteFile,
    '--json',
    ...words,
  ]);
  const report = JSON.parse(await child.nextLine()) as Report;
  return { report, exitCode: await child.exited() };
}

const failures = (report: Report) => report.parts.flatMap(({ steps }) => steps.filter((step) => !step.ok));

test('lineside check finds nothing wrong with the demo line', async ({ line }) => {
  const { report, exitCode } = await check(line.plant.siteFile);
  expect(failures(report)).toEqual([]);
  expect(exitCode).toBe(0);
});

test('lineside check names the wrong line, and every endpoint that refuses, with the next step', async ({ line }) => {
  const good = await readFile(line.plant.siteFile, 'utf8');
  const changed = async (change: (text: string) => string) => {
    const file = join(line.folder, 'changed.yaml');
    await writeFile(file, change(good));
    return check(file);
  };
  const only = ({ report, exitCode }: Awaited<ReturnType<typeof check>>) => {
    expect(exitCode).not.toBe(0);
    const [failure, ...others] = failures(report);
    expect(others).toEqual([]);
    return failure!;
  };

  const wrongLine = only(await changed((text) => text.replace('primaryHostId', 'primaryHost')));
  expect(wrongLine.text).toMatch(/changed\.yaml:\d+:\d+ sparkplug\.primaryHost: unknown key .*primaryHostId/);

  const port = await freePort();
  const unreachable = only(await changed((text) => text.replace(/opc\.tcp:\/\/\S+/, `opc.tcp://127.0.0.1:${port}`)));
  expect(unreachable).toMatchObject({ code: 'opcua/unreachable', nextStep: expect.stringMatching(/\w/) });

  const secure = (text: string): string =>
    text
      .replace('securityMode: None', 'securityMode: SignAndEncrypt')
      .replace('securityPolicy: None', 'securityPolicy: Basic256Sha256');
  const untrusted = only(await changed(secure));
  expect(untrusted).toMatchObject({ code: 'opcua/cert-untrusted' });
  expect(`${untrusted.text} ${untrusted.nextStep}`).toMatch(/SHA/);

  const away = only(await changed((text) => text.replace(line.broker.url, `mqtt://127.0.0.1:${port}`)));
  expect(away).toMatchObject({ code: 'mqtt/unreachable', nextStep: expect.stringMatching(/\w/) });

  const historian = only(
    await changed((text) => text.replace(line.plant.historianUrl, `postgres://x@127.0.0.1:${port}/x`)),
  );
  expect(historian).toMatchObject({ code: 'historian/unreachable', nextStep: expect.stringMatching(/\w/) });
});

test('lineside check: an untrusted server is trusted by moving its certificate, then a wrong password is refused', async ({
  line,
}) => {
  const dataFolder = join(line.folder, 'gateway');
  await writeFile(join(line.folder, 'wrong.password'), 'not-it\n', { mode: 0o600 });
  const siteFile = join(line.folder, 'secure.yaml');
  const good = await readFile(line.plant.siteFile, 'utf8');
  await writeFile(
    siteFile,
    good
      .replace('securityMode: None', 'securityMode: SignAndEncrypt')
      .replace('securityPolicy: None', 'securityPolicy: Basic256Sha256')
      .replace('type: anonymous', 'type: user-name\n      userName: operator\n      passwordFile: wrong.password'),
  );
  const untrusted = failures((await check(siteFile, '--data', dataFolder)).report);
  expect(untrusted).toEqual([expect.objectContaining({ code: 'opcua/cert-untrusted' })]);
  expect(untrusted[0]?.nextStep).toContain(join(dataFolder, 'opcua-pki', 'rejected'));

  const rejected = join(dataFolder, 'opcua-pki', 'rejected');
  const trusted = join(dataFolder, 'opcua-pki', 'trusted', 'certs');
  for (const name of await readdir(rejected)) await rename(join(rejected, name), join(trusted, name));
  const refused = failures((await check(siteFile, '--data', dataFolder)).report);
  expect(refused).toEqual([expect.objectContaining({ code: 'opcua/login-refused' })]);
  expect(refused[0]?.nextStep).toMatch(/password/i);
});
