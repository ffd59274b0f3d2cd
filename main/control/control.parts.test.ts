import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import { changeOf, changesOf } from '../store-and-forward/change-ramp.ts';
import { MemoryForwardBuffer } from '../store-and-forward/memory-forward-buffer.ts';
import { readAddress } from './control-address.ts';
import { askGateway } from './control-client.ts';
import { MAX_REQUEST_BYTES } from './control-protocol.ts';
import { ControlServer, type ControlServerOptions } from './control-server.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-control-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const servers: ControlServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const newFolder = (): string => mkdtempSync(join(root, 'case-'));

const askedFor: object[] = [];
/** Answers as a gateway that has nothing to do. */
const changeSite: ControlServerOptions['changeSite'] = (request) => {
  askedFor.push(request);
  return Promise.resolve({
    phase: 'unchanged',
    siteFile: request.siteFile ?? 'own.yaml',
    changes: [],
    devices: [],
    leavingRowCount: 0,
    refused: [],
    waitingServers: [],
  });
};

async function serve(dataFolder: string, store = new MemoryForwardBuffer(systemClock)) {
  const committed: number[] = [];
  const forgotten: string[] = [];
  const rowsCommitted = (lastRowId: number): void => void committed.push(lastRowId);
  const forgetHost = (): string => {
    forgotten.push('host');
    return 'born';
  };
  const server = new ControlServer({
    dataFolder,
    store,
    rowsCommitted,
    changeSite,
    forgetHost,
    clock: systemClock,
    log: silentLog,
  });
  servers.push(server);
  await server.start();
  return { server, store, committed, forgotten };
}

/** Everything that the socket answers until it is closed. */
async function sendRaw(dataFolder: string, text: string): Promise<string> {
  const socket = connect((await readAddress(dataFolder)) ?? '');
  socket.write(text);
  let answer = '';
  for await (const piece of socket) answer += String(piece);
  return answer;
}

describe('the control socket', () => {
  it('says what a purge would take, purges, and tells who answers', async () => {
    const folder = newFolder();
    const { store } = await serve(folder);
    await store.append([...changesOf(1, 4), changeOf(9, { metricName: 'Speed' })]);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toEqual({ pid: process.pid });
    const filter = { metricName: 'Count' };
    const counted = await askGateway(folder, { command: 'count-purge', filter }, systemClock);
    expect(counted).toMatchObject([{ metricName: 'Count', reason: 'purged', droppedCount: 4 }]);
    expect(await askGateway(folder, { command: 'purge', filter }, systemClock)).toEqual(counted);
    expect((await store.stats()).rowCount).toBe(1);
  });

  it('hands on who wants which site file applied, and what became of it', async () => {
    const folder = newFolder();
    await serve(folder);
    const by = { user: 'operator', uid: 7, via: 'command' } as const;
    const request = { command: 'apply-site', siteFile: '/etc/other.yaml', isDryRun: true, by } as const;
    expect(await askGateway(folder, request, systemClock)).toMatchObject({
      phase: 'unchanged',
      siteFile: '/etc/other.yaml',
    });
    expect(askedFor).toMatchObject([{ siteFile: '/etc/other.yaml', isDryRun: true, by }]);
  });

  it('lets the edge node forget the clock of its host', async () => {
    const folder = newFolder();
    const { forgotten } = await serve(folder);
    expect(await askGateway(folder, { command: 'forget-host' }, systemClock)).toEqual({ session: 'born' });
    expect(forgotten).toEqual(['host']);
  });

  it('tells the forwarder of rows that come back', async () => {
    const folder = newFolder();
    const store = new MemoryForwardBuffer(systemClock);
    const { committed } = await serve(folder, store);
    await askGateway(folder, { command: 'retry-dead-letters' }, systemClock);
    expect(committed).toEqual([]);
    store.retryDeadLetters = () => Promise.resolve({ retriedCount: 2, keptCount: 1, lastRowId: 77 });
    const result = await askGateway(folder, { command: 'retry-dead-letters' }, systemClock);
    expect(result).toEqual({ retriedCount: 2, keptCount: 1, lastRowId: 77 });
    expect(committed).toEqual([77]);
  });

  it('passes a failure of the store on by its code', async () => {
    const folder = newFolder();
    const store = new MemoryForwardBuffer(systemClock);
    await serve(folder, store);
    store.purge = () => Promise.reject(new EngineError('store-and-forward/disk-full', 'no room'));
    await expect(askGateway(folder, { command: 'purge', filter: {} }, systemClock)).rejects.toMatchObject({
      code: 'store-and-forward/disk-full',
      message: 'no room',
    });
  });

  it('is for its user alone, and gone after the stop', async () => {
    const folder = newFolder();
    const { server } = await serve(folder);
    const path = (await readAddress(folder)) ?? '';
    expect(path.startsWith(folder)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'control')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'control', 'address.json')).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(path)).toBe(false);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toBeUndefined();
  });

  it('lies in the folder for temporary files when the data folder is deeper than a socket may be', async () => {
    const folder = join(newFolder(), 'd'.repeat(60), 'e'.repeat(60));
    mkdirSync(folder, { recursive: true });
    const { server } = await serve(folder);
    const path = (await readAddress(folder)) ?? '';
    expect(path.startsWith(tmpdir())).toBe(true);
    expect(Buffer.byteLength(path)).toBeLessThan(104);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toEqual({ pid: process.pid });
    await server.stop();
    expect(existsSync(join(path, '..'))).toBe(false);
  });

  it('starts over what a killed gateway has left', async () => {
    const folder = newFolder();
    await serve(folder);
    // The second takes the name of the first, as if the first were dead.
    await serve(folder);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toEqual({ pid: process.pid });
  });

  it('starts over a socket of which no file tells any more', async () => {
    const folder = newFolder();
    await serve(folder);
    rmSync(join(folder, 'control', 'address.json'));
    await serve(folder);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toEqual({ pid: process.pid });
  });

  it.each([
    ['no JSON', 'purge everything please\n'],
    ['an unknown command', '{"command":"format"}\n'],
    ['a filter with a part that is not known', '{"command":"purge","filter":{"everything":true}}\n'],
    ['a line without an end', 'x'.repeat(MAX_REQUEST_BYTES + 1)],
  ])('refuses %s and purges nothing', async (_name, text) => {
    const folder = newFolder();
    const { store } = await serve(folder);
    await store.append(changesOf(1, 3));
    expect(JSON.parse(await sendRaw(folder, text))).toMatchObject({ phase: 'failed' });
    expect((await store.stats()).rowCount).toBe(3);
    expect(await askGateway(folder, { command: 'status' }, systemClock)).toEqual({ pid: process.pid });
  });
});
