import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { protocol, type Session } from 'electron';
import { NONCE_PLACE, PAGE_SCHEME, pageHeaders, toPageFile } from './page-response.ts';

/** Must run before the app is ready: Electron fixes the rights of schemes then. */
export function announcePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built window from `folder`, read-only, with the security policy on every answer. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(PAGE_SCHEME, async (request) => {
    const file = request.method === 'GET' ? toPageFile(request.url, folder) : null;
    const content = file === null ? null : await readFile(file).catch(() => null);
    const nonce = randomBytes(18).toString('base64');
    if (file === null || content === null) {
      return new Response('not found', { status: 404, headers: pageHeaders('x.txt', nonce) });
    }
    const isPage = basename(file) === 'index.html';
    const body = isPage ? content.toString('utf8').replaceAll(NONCE_PLACE, nonce) : new Uint8Array(content);
    return new Response(body, { headers: pageHeaders(file, nonce) });
  });
}
