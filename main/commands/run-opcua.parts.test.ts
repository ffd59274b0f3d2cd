import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BigServer, startBigServer } from '../testing/big-address-space.ts';
import { EXIT } from './read-arguments.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

let folder: string;
let server: BigServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-opcua-command-'));
  const certificateFolder = join(folder, 'server');
  server = await startBigServer({ variableCount: 3_000, wideCount: 10, certificateFolder, isSecure: true });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (...words: string[]): ChildProcessWithoutNullStreams => spawn(process.execPath, [CLI, 'opcua', ...words]);

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly errors: string;
}

/** Standard output is taken as JSON lines: anything else there fails the test. */
async function end(child: ChildProcessWithoutNullStreams, onLine?: () => void): Promise<Ended> {
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr.on('data', (text) => (errors += String(text)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    onLine?.();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines, errors };
}

describe('lineside opcua', () => {
  it('leads from an address to the address space: discover, refuse, trust, browse, stop', async () => {
    const data = join(folder, 'gateway');
    const discovered = await end(start('discover', server.endpointUrl, '--json'));
    expect(discovered).toMatchObject({
      code: EXIT.ok,
      lines: [{ isAuthenticated: false, askedUrl: server.endpointUrl }],
    });

    const words = ['browse', '--url', server.endpointUrl, '--data', data, '--json'];
    const refused = await end(start(...words));
    expect(refused).toMatchObject({ code: EXIT.failed, lines: [{ kind: 'end', code: 'opcua/cert-untrusted' }] });

    const [, sha1 = ''] = /--thumbprint ([0-9a-f]{40})/.exec(refused.errors) ?? [];
    expect(await end(start('trust', '--data', data, '--thumbprint', sha1, '--json'))).toMatchObject({
      code: EXIT.ok,
      lines: [{ state: 'trusted', sha1 }],
    });

    const browsed = await end(start(...words, '--max', '500'));
    expect(browsed.code).toBe(EXIT.ok);
    expect(browsed.lines.filter(({ kind }) => kind === 'node')).toHaveLength(500);
    expect(browsed.lines.at(-1)).toMatchObject({ kind: 'end', phase: 'cut-short', nodeCount: 500 });

    const child = start(...words);
    const stopped = await end(child, () => child.kill('SIGINT'));
    expect(stopped.code).toBe(EXIT.ok);
    const last = stopped.lines.at(-1);
    expect(last).toMatchObject({ kind: 'end', phase: 'stopped' });
    expect(last?.['nodeCount']).toBeLessThan(3_000);
  });

  it('never leaves security out by itself, and says what the command line lacks', async () => {
    const without = await end(start('browse', '--url', server.endpointUrl));
    expect([without.code, without.errors]).toEqual([EXIT.usage, expect.stringContaining('name the data folder')]);
    const nothing = await end(start('browse', '--json'));
    expect([nothing.code, nothing.errors]).toEqual([
      EXIT.usage,
      expect.stringContaining('name a server of a site file'),
    ]);
  });
});
