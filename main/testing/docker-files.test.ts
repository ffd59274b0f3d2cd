import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = fileURLToPath(new URL('../../docker/timescaledb/', import.meta.url));
const hasPostgres = spawnSync('postgres', ['--version']).status === 0;

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const compose = parse(read('compose.yaml')) as Compose;
const services = Object.entries(compose.services);

describe('docker/timescaledb', () => {
  it.each(services)(
    '%s has a pinned image, a health check, and only files and volumes that are there',
    (_name, service) => {
      expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-pg\d+)?$/);
      expect(service.healthcheck.test.length).toBeGreaterThan(1);
      for (const volume of service.volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(existsSync(join(FOLDER, source)), source).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
      for (const secret of service.secrets) expect(compose.secrets).toHaveProperty(secret);
    },
  );

  it('has no password in any file, and makes each secret that it names', () => {
    const made = read('make-secrets.sh');
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made).toContain(name);
    }
    for (const [, { environment }] of services) {
      const passwords = Object.keys(environment).filter((key) => key.includes('PASSWORD'));
      expect(passwords.every((key) => key.endsWith('_FILE'))).toBe(true);
    }
    expect(read('.gitignore').split('\n')).toEqual(expect.arrayContaining(['secrets/', 'backups/', '.env']));
  });

  it('opens its ports to this computer only, unless told', () => {
    for (const port of services.flatMap(([, { ports }]) => ports))
      expect(port).toMatch(/^(127\.0\.0\.1|\$\{\w+:-127\.0\.0\.1\}):/);
  });

  it.each(globSync('**/*.sh', { cwd: FOLDER }))('%s is a script that bash reads and that may be run', (name) => {
    const checked = spawnSync('bash', ['-n', join(FOLDER, name)], { encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(statSync(join(FOLDER, name)).mode & 0o111).toBe(0o111);
    expect(read(name)).toContain('set -euo pipefail');
  });

  it.skipIf(!hasPostgres)('has settings that PostgreSQL knows, with the values of the seed', () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'lineside-postgres-'));
    const file = `config_file=${join(FOLDER, 'postgresql.conf')}`;
    const ask = (name: string): string => {
      const { stdout, stderr } = spawnSync('postgres', ['-C', name, '-D', dataFolder, '-c', file], {
        encoding: 'utf8',
      });
      expect(stderr).not.toMatch(/unrecognized|invalid|FATAL/);
      return stdout.trim();
    };
    // Units of PostgreSQL: pages of 8 kB for the first two, kB for the others.
    expect(ask('shared_buffers')).toBe(String((4 * 1_024 * 1_024) / 8));
    expect(ask('effective_cache_size')).toBe(String((12 * 1_024 * 1_024) / 8));
    expect(ask('work_mem')).toBe(String(32 * 1_024));
    expect(ask('maintenance_work_mem')).toBe(String(1_024 * 1_024));
    expect(ask('max_worker_processes')).toBe('16');
    expect(ask('max_parallel_workers_per_gather')).toBe('4');
    expect(ask('timescaledb.max_background_workers')).toBe('16');
    expect(ask('synchronous_commit')).toBe('on');
    rmSync(dataFolder, { recursive: true, force: true });
  });
});
