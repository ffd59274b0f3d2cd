import { createPublicKey } from 'node:crypto';
import { basename, join } from 'node:path';
import { createRequest, readRequest } from '../certificates/certificate-request.ts';
import { issueCertificate } from '../certificates/issue-certificate.ts';
import {
  makePrivateFolder,
  readNamed,
  refuseToOverwrite,
  writePrivate,
  writePublic,
} from '../certificates/owned-files.ts';
import { generateKey, toKeyPem } from '../certificates/private-key.ts';
import { keyKindOf } from '../certificates/purposes.ts';
import { authorityFiles, initAuthority, openAuthority } from '../certificates/site-authority.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import {
  hasNames,
  NAME_OPTIONS,
  needed,
  PASSPHRASE_OPTIONS,
  readPassphrase,
  toAltNames,
  toKeyKind,
  toPurpose,
} from './certs-options.ts';
import { describeFacts } from './describe-certificate.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

type Print = (text: string) => void;

const AUTHORITY_YEARS = 10;
const LEAF_DAYS = 365;

const INIT =
  'lineside certs init --dir DIR --name NAME [--key ec-p256|rsa-3072] [--years 10] [--passphrase-file FILE] [--json]';

/** `lineside certs init`: makes the site's authority. */
export async function runCertsInit(words: readonly string[], print: Print): Promise<number> {
  const options = { dir: { type: 'string' }, name: { type: 'string' }, key: { type: 'string' } } as const;
  const more = { years: { type: 'string' }, json: { type: 'boolean' }, ...PASSPHRASE_OPTIONS } as const;
  const values = readArguments(words, { ...options, ...more }, INIT);
  const folder = needed(values.dir, 'dir', INIT);
  const name = needed(values.name, 'name', INIT);
  const keyKind = toKeyKind(values.key, 'ec-p256', INIT);
  const years = readCount(values.years, 'years', 1) ?? AUTHORITY_YEARS;
  const passphrase = await readPassphrase(values);
  const nowMs = systemClock.nowMs();
  const facts = await initAuthority({ folder, name, keyKind, years, passphrase }, nowMs);
  const files = authorityFiles(folder);
  if (values.json) print(JSON.stringify({ ...facts, files: { ...files, issued: join(folder, 'issued') } }));
  else {
    const lines = [
      `made the authority ${facts.subject}`,
      ...describeFacts(facts, nowMs).map((line) => `  ${line}`),
      '',
      `  ${files.certificate}   give it to everybody who is to trust this site (tls.ca)`,
      `  ${files.crl}  give it to the broker, and again after each revocation`,
      `  ${files.key}   ${passphrase === undefined ? 'NOT encrypted' : 'encrypted'}, for its owner only; keep a copy off this computer, show it to nobody`,
      '',
      `next: \`lineside certs issue --dir ${folder} --for broker --name NAME --dns NAME --out DIR\``,
    ];
    print(lines.join('\n'));
  }
  return EXIT.ok;
}

const REQUEST =
  'lineside certs request --out DIR --name FILE-NAME --client-id ID [--for PURPOSE] [--dns NAME] [--ip ADDRESS] [--uri URI] [--key KIND] [--json]';

/** `lineside certs request`: makes a key on this computer and a request for it; only the request leaves. */
export async function runCertsRequest(words: readonly string[], print: Print): Promise<number> {
  const options = { out: { type: 'string' }, name: { type: 'string' }, 'client-id': { type: 'string' } } as const;
  const more = {
    for: { type: 'string' },
    key: { type: 'string' },
    json: { type: 'boolean' },
    ...NAME_OPTIONS,
  } as const;
  const values = readArguments(words, { ...options, ...more }, REQUEST);
  const folder = needed(values.out, 'out', REQUEST);
  const name = toFileName(needed(values.name, 'name', REQUEST));
  const purpose = toPurpose(values.for ?? 'edge-node', REQUEST);
  const key = await generateKey(toKeyKind(values.key, keyKindOf(purpose), REQUEST));
  const request = await createRequest(values['client-id'] ?? name, toAltNames(values), key);
  await makePrivateFolder(folder);
  const files = { key: join(folder, `${name}.key`), request: join(folder, `${name}.csr`) };
  for (const file of [files.key, files.request]) await refuseToOverwrite(file);
  await writePrivate(files.key, toKeyPem(key));
  await writePublic(files.request, request);
  if (values.json) print(JSON.stringify(files));
  else {
    print(
      [
        `made a request for ${values['client-id'] ?? name}`,
        `  ${files.request}  take this one to the authority`,
        `  ${files.key}  stays here, for its owner only`,
        `next, where the authority is: \`lineside certs issue --dir DIR --csr ${basename(files.request)} --for ${purpose} --out DIR\``,
      ].join('\n'),
    );
  }
  return EXIT.ok;
}

const ISSUE =
  'lineside certs issue --dir DIR --for PURPOSE --out DIR (--csr FILE | --name NAME [--client-id ID]) [--dns NAME] [--ip ADDRESS] [--uri URI] [--days 365] [--passphrase-file FILE] [--json]';

/** `lineside certs issue`: signs a request, or makes key and certificate in one. */
export async function runCertsIssue(words: readonly string[], print: Print): Promise<number> {
  const options = { dir: { type: 'string' }, for: { type: 'string' }, out: { type: 'string' } } as const;
  const source = { csr: { type: 'string' }, name: { type: 'string' }, 'client-id': { type: 'string' } } as const;
  const more = { days: { type: 'string' }, key: { type: 'string' }, json: { type: 'boolean' } } as const;
  const all = { ...options, ...source, ...more, ...NAME_OPTIONS, ...PASSPHRASE_OPTIONS };
  const values = readArguments(words, all, ISSUE);
  const folder = needed(values.dir, 'dir', ISSUE);
  const purpose = toPurpose(values.for, ISSUE);
  const out = needed(values.out, 'out', ISSUE);
  if ((values.csr === undefined) === (values.name === undefined)) {
    throw new EngineError('cli/usage', `name a request (--csr) or a name (--name), not both\nusage: ${ISSUE}`);
  }
  const days = readCount(values.days, 'days', 1) ?? LEAF_DAYS;
  const { csr } = values;
  const read = csr === undefined ? undefined : await readRequest(await readNamed(csr, 'request'), csr);
  const name = toFileName(values.name ?? basename(csr ?? '').replace(/\.[^.]+$/, ''));
  const files = { certificate: join(out, `${name}.pem`), key: join(out, `${name}.key`), ca: join(out, 'ca.pem') };
  await makePrivateFolder(out);
  for (const file of read ? [files.certificate] : [files.certificate, files.key]) await refuseToOverwrite(file);
  const authority = await openAuthority(folder, await readPassphrase(values));
  const key = read ? undefined : await generateKey(toKeyKind(values.key, keyKindOf(purpose), ISSUE));
  const given = toAltNames(values);
  const nowMs = systemClock.nowMs();
  const request = {
    commonName: values['client-id'] ?? read?.commonName ?? name,
    // Who signs has the last word: names given here count instead of those asked for.
    names: hasNames(given) || !read ? given : read.names,
    publicKey: read?.publicKey ?? createPublicKey(key ?? ''),
    purpose,
    days,
  };
  const facts = await issueCertificate(authority, request, nowMs);
  if (key !== undefined) await writePrivate(files.key, toKeyPem(key));
  await writePublic(files.certificate, facts.pem);
  await writePublic(files.ca, authority.certificate.toString());
  if (values.json) print(JSON.stringify({ ...facts, files: key ? files : { ...files, key: null } }));
  else {
    print(
      [
        `issued ${facts.subject} for ${purpose}, signed by ${facts.issuer}`,
        ...describeFacts(facts, nowMs).map((line) => `  ${line}`),
        '',
        `  ${files.certificate}`,
        ...(key ? [`  ${files.key}  for its owner only`] : []),
        `  ${files.ca}  the authority, for tls.ca`,
      ].join('\n'),
    );
  }
  return EXIT.ok;
}

/** A client id may hold a slash; a file name must not lead elsewhere. */
function toFileName(name: string): string {
  const safe = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '');
  if (safe !== '') return safe;
  throw new EngineError('cli/usage', `--name ${JSON.stringify(name)} makes no file name`);
}
