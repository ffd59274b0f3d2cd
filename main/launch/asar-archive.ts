interface AsarHeader {
  readonly files: Record<string, { readonly size: number; readonly offset: string }>;
}

/**
 * Packs a few text files of one folder into Electron's archive format: two Chromium pickles (the size of the header,
 * the header as JSON text padded to four bytes), then the files one after the other.
 */
export function packAsar(texts: Readonly<Record<string, string>>): Buffer {
  const header: AsarHeader = { files: {} };
  const contents: Buffer[] = [];
  let offsetBytes = 0;
  for (const [name, text] of Object.entries(texts)) {
    const content = Buffer.from(text, 'utf8');
    header.files[name] = { size: content.length, offset: String(offsetBytes) };
    contents.push(content);
    offsetBytes += content.length;
  }
  return Buffer.concat([packHeader(JSON.stringify(header)), ...contents]);
}

function packHeader(json: string): Buffer {
  const text = Buffer.from(json, 'utf8');
  const paddedBytes = Math.ceil(text.length / 4) * 4;
  const header = Buffer.alloc(16 + paddedBytes);
  header.writeUInt32LE(4, 0); // payload of the first pickle: one number
  header.writeUInt32LE(8 + paddedBytes, 4); // size of the second pickle
  header.writeUInt32LE(4 + paddedBytes, 8); // payload of the second pickle: length and text
  header.writeUInt32LE(text.length, 12);
  text.copy(header, 16);
  return header;
}
