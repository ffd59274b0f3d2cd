import { type FileHandle, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

/**
 * Just enough of a zip reader (PKWARE APPNOTE 6.3, sections 4.3 and 4.4) to unpack one archive whose hash was checked:
 * stored and deflated entries, Unix permission bits and symbolic links; no zip64, no encryption.
 * It exists because `unzip` is not on every machine and because most of the archive is not wanted.
 */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly headerOffsetBytes: number;
  readonly unixMode: number;
}

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
/** 22 bytes of record and the longest comment the format allows. */
const END_SEARCH_BYTES = 22 + 0xffff;
const SYMBOLIC_LINK = 0o120000;
const FILE_TYPE_MASK = 0o170000;

const inflate = promisify<Uint8Array, Buffer>(inflateRaw);

/** Unpacks the entries for which `targetFor` gives a path below `folder`; undefined leaves an entry out. */
export async function unpackZip(
  path: string,
  folder: string,
  targetFor: (name: string) => string | undefined,
): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (const entry of await readCentralDirectory(file)) {
      const target = targetFor(entry.name);
      if (target === undefined) continue;
      const destination = join(folder, safePath(target));
      if (entry.name.endsWith('/')) await mkdir(destination, { recursive: true });
      else await writeEntry(file, entry, destination);
    }
  } finally {
    await file.close();
  }
}

function safePath(name: string): string {
  const clean = normalize(name);
  if (clean.startsWith('..') || clean.startsWith(sep))
    throw new Error(`the archive names a path outside itself: ${name}`);
  return clean;
}

async function writeEntry(file: FileHandle, entry: ZipEntry, destination: string): Promise<void> {
  await mkdir(dirname(destination), { recursive: true });
  const localHeader = await readBytes(file, entry.headerOffsetBytes, LOCAL_HEADER_BYTES);
  // The local name and extra fields may be longer or shorter than those of the central directory.
  const dataOffsetBytes =
    entry.headerOffsetBytes + LOCAL_HEADER_BYTES + localHeader.readUInt16LE(26) + localHeader.readUInt16LE(28);
  const stored = await readBytes(file, dataOffsetBytes, entry.compressedBytes);
  const content = entry.method === 0 ? stored : await inflate(stored);
  if ((entry.unixMode & FILE_TYPE_MASK) === SYMBOLIC_LINK) await symlink(content.toString('utf8'), destination);
  else await writeFile(destination, content, { mode: entry.unixMode & 0o777 || 0o644 });
}

async function readCentralDirectory(file: FileHandle): Promise<readonly ZipEntry[]> {
  const { size } = await file.stat();
  const searchedBytes = Math.min(size, END_SEARCH_BYTES);
  const tail = await readBytes(file, size - searchedBytes, searchedBytes);
  const end = findEndRecord(tail);
  const directory = await readBytes(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  return parseCentralDirectory(directory, tail.readUInt16LE(end + 10));
}

function findEndRecord(tail: Buffer): number {
  for (let at = tail.length - 22; at >= 0; at--) if (tail.readUInt32LE(at) === END_OF_CENTRAL_DIRECTORY) return at;
  throw new Error('not a zip archive: no end of central directory');
}

/** Reads the central directory's bytes into entries; throws on anything the unpacker cannot do. */
export function parseCentralDirectory(directory: Buffer, entryCount: number): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < entryCount; index++) {
    if (directory.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error(`damaged zip directory at byte ${at}`);
    const nameBytes = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameBytes);
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8) throw new Error(`${name} is packed by method ${method}, known are 0 and 8`);
    entries.push({
      name,
      method,
      compressedBytes: directory.readUInt32LE(at + 20),
      headerOffsetBytes: directory.readUInt32LE(at + 42),
      unixMode: directory.readUInt32LE(at + 38) >>> 16,
    });
    at += CENTRAL_HEADER_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readBytes(file: FileHandle, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(lengthBytes);
  const { bytesRead } = await file.read(buffer, 0, lengthBytes, offsetBytes);
  if (bytesRead !== lengthBytes) throw new Error(`zip archive ends early at byte ${offsetBytes + bytesRead}`);
  return buffer;
}
