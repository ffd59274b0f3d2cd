import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackZip } from './zip-archive.ts';

interface Member {
  readonly name: string;
  readonly text: string;
  readonly method: number;
  readonly mode: number;
}

/** Writes an archive as PKWARE's APPNOTE lays it out, so that the reader is not tested against itself. */
function zipOf(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { name, text, method, mode } of members) {
    const stored = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28); // an extra field that the central directory does not have
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(stored.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(Buffer.concat(parts).length, 42);
    parts.push(local, Buffer.from(name), Buffer.alloc(4), stored);
    directory.push(central, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe('unpackZip', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-zip-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const archive = async (...members: readonly Member[]): Promise<string> => {
    const path = join(folder, 'a.zip');
    await writeFile(path, zipOf(members));
    return path;
  };

  it('unpacks stored and deflated members with their permission bits, and leaves out what is not wanted', async () => {
    const path = await archive(
      { name: 'top/run', text: 'stored', method: 0, mode: 0o100755 },
      { name: 'top/deep/text', text: 'deflated '.repeat(100), method: 8, mode: 0o100644 },
      { name: 'top/other', text: 'unwanted', method: 0, mode: 0o100644 },
    );
    await unpackZip(path, folder, (name) => (name === 'top/other' ? undefined : name.slice('top/'.length)));
    expect(await readFile(join(folder, 'run'), 'utf8')).toBe('stored');
    expect((await stat(join(folder, 'run'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(folder, 'deep', 'text'), 'utf8')).toBe('deflated '.repeat(100));
    await expect(stat(join(folder, 'other'))).rejects.toThrow(/ENOENT/);
  });

  it('refuses a member that would leave the folder', async () => {
    const path = await archive({ name: '../outside', text: 'x', method: 0, mode: 0o100644 });
    await expect(unpackZip(path, folder, (name) => name)).rejects.toThrow(/outside itself/);
  });

  it('refuses a method it does not know and a file that is no archive', async () => {
    const path = await archive({ name: 'a', text: 'x', method: 12, mode: 0o100644 });
    await expect(unpackZip(path, folder, (name) => name)).rejects.toThrow(/method 12/);
    await writeFile(path, 'no archive at all, but long enough to look at');
    await expect(unpackZip(path, folder, (name) => name)).rejects.toThrow(/not a zip archive/);
  });
});
