import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from './free-port.ts';

export interface MosquittoOptions {
  /** TLS with client certificates required; PEM texts. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Without it everybody is admitted. */
  readonly login?: { readonly userName: string; readonly password: string };
  /** More lines for mosquitto.conf. */
  readonly config?: readonly string[];
  /** Lines of an ACL file, e.g. `topic readwrite spBv1.0/#`. */
  readonly acl?: readonly string[];
}

/** A real mosquitto process on 127.0.0.1, without persistence. */
export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  /** SIGSTOP: connections stay open, nothing is read any more. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL, as in a power cut. */
  kill(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  /** Starts it again on the same port, after `kill` or `stop`. */
  restart(): Promise<void>;
  /** Ends the process and removes its files. */
  close(): Promise<void>;
}

/** Starts mosquitto and waits until it accepts connections. Needs the Debian package `mosquitto`. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-mosquitto-'));
  const port = await findFreePort();
  const configFile = writeConfig(folder, port, options);
  let process = await run(configFile, port);
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, 'exit');
    process.kill('SIGCONT');
    process.kill(signal);
    await exited;
  };
  return {
    url: `${options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    port,
    freeze: () => void process.kill('SIGSTOP'),
    thaw: () => void process.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async restart() {
      process = await run(configFile, port);
    },
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(configFile: string, port: number): Promise<ChildProcess> {
  const child = spawn('mosquitto', ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines = createInterface({ input: child.stderr });
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`mosquitto ended with ${code}: ${seen.join(' | ')}`)));
    lines.on('line', (line) => {
      seen.push(line);
      if (/mosquitto version .* running/.test(line)) resolve();
    });
  });
  await checkAccepts(port);
  return child;
}

async function checkAccepts(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

function writeConfig(folder: string, port: number, { tls, login, config = [], acl }: MosquittoOptions): string {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const lines = [
    `listener ${port} 127.0.0.1`,
    // Otherwise it gives up root and cannot read its files.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'persistence false',
    'log_dest stderr',
    'set_tcp_nodelay true',
    // The default of 1,000 drops QoS 0 messages for a subscriber that is slow for a moment.
    'max_queued_messages 0',
    `allow_anonymous ${login === undefined}`,
    ...config,
  ];
  if (tls) {
    lines.push(`cafile ${file('ca.pem', tls.ca)}`, `certfile ${file('server.pem', tls.cert)}`);
    lines.push(`keyfile ${file('server.key', tls.key)}`, 'require_certificate true');
  }
  if (login) {
    const passwords = file('passwords', '');
    execFileSync('mosquitto_passwd', ['-b', passwords, login.userName, login.password], { stdio: 'ignore' });
    lines.push(`password_file ${passwords}`);
  }
  if (acl) lines.push(`acl_file ${file('acl', `${acl.join('\n')}\n`)}`);
  return file('mosquitto.conf', `${lines.join('\n')}\n`);
}
