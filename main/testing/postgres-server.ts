import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from './free-port.ts';

export interface PostgresServerOptions {
  /** Lines for postgresql.conf. */
  readonly config?: readonly string[];
  /** TLS; PEM texts of the server. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Without TLS nobody comes in. */
  readonly isTlsOnly?: boolean;
}

/** Debian's PostgreSQL, without TimescaleDB, on 127.0.0.1: everybody but `postgres` needs the password `secret`. */
export interface PostgresServer {
  readonly port: number;
  /** Of the superuser, who needs no password; other users and databases by `urlOf`. */
  readonly url: string;
  urlOf(user: string, database?: string): string;
  /** SIGSTOP to the server and every session: connections stay open, nothing is answered, new ones wait. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** `fast` ends every session; `kill` is what a power cut does: nobody says goodbye, the log is replayed at the start. */
  stop(how: 'fast' | 'kill'): Promise<void>;
  /** On the same port, after `stop`. Resolves when it takes connections. */
  start(): Promise<void>;
  /** A folder that the server may write to. */
  makeFolder(): string;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Makes a new cluster and starts it. Needs the Debian package `postgresql`; as root it runs as that package's user. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folders: string[] = [];
  const makeFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'lineside-postgres-'));
    folders.push(folder);
    if (OWNER.uid !== undefined && OWNER.gid !== undefined) chownSync(folder, OWNER.uid, OWNER.gid);
    return folder;
  };
  const folder = makeFolder();
  const port = await findFreePort();
  execFileSync(program('initdb'), ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'], {
    ...OWNER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  configure(folder, port, options);
  let process = await run(folder);
  const urlOf = (user: string, database = 'postgres'): string => `postgres://${user}@127.0.0.1:${port}/${database}`;
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const id of [process.pid ?? 0, ...childrenOf(process.pid ?? 0)]) sendSignal(id, signal);
  };
  const stop = async (how: 'fast' | 'kill'): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, 'exit');
    signalAll('SIGCONT');
    if (how === 'fast') process.kill('SIGINT');
    else signalAll('SIGKILL');
    await exited;
  };
  return {
    port,
    url: urlOf('postgres'),
    urlOf,
    makeFolder,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    stop,
    async start() {
      process = await run(folder);
    },
    async close() {
      await stop('kill');
      for (const each of folders) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const VERSIONS_FOLDER = '/usr/lib/postgresql';

/** Debian keeps the server's programs off the PATH, by version. */
function program(name: string): string {
  const versions = existsSync(VERSIONS_FOLDER) ? readdirSync(VERSIONS_FOLDER) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? name : join(VERSIONS_FOLDER, newest, 'bin', name);
}

/** PostgreSQL refuses to run as root. */
const OWNER: Pick<SpawnOptions, 'uid' | 'gid'> = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

function configure(folder: string, port: number, { config = [], tls, isTlsOnly = false }: PostgresServerOptions): void {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (OWNER.uid !== undefined && OWNER.gid !== undefined) chownSync(path, OWNER.uid, OWNER.gid);
    return path;
  };
  const lines = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    // A process that is killed loses nothing of what the system has; a power cut is not what is tried here.
    'fsync = off',
    'shared_buffers = 32MB',
    // English, whatever the machine speaks.
    "lc_messages = 'C'",
    ...(tls
      ? [
          'ssl = on',
          `ssl_cert_file = '${file('server.pem', tls.cert)}'`,
          `ssl_key_file = '${file('server.key', tls.key)}'`,
        ]
      : []),
    ...config,
  ];
  appendFileSync(join(folder, 'postgresql.conf'), `${lines.join('\n')}\n`);
  const road = isTlsOnly ? 'hostssl' : 'host';
  file('pg_hba.conf', `${road} all postgres 127.0.0.1/32 trust\n${road} all all 127.0.0.1/32 scram-sha-256\n`);
}

async function run(folder: string): Promise<ChildProcess> {
  const child = spawn(program('postgres'), ['-D', folder], { ...OWNER, stdio: ['ignore', 'ignore', 'pipe'] });
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${seen.join(' | ')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      seen.push(line);
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  });
  return child;
}

const childrenOf = (id: number): number[] =>
  readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

function sendSignal(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    // A session may end between the list and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
