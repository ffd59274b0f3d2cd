import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

type RunProgram = (program: string, words: readonly string[]) => Promise<unknown>;

/** Well-known SIDs, because their names differ with the language of Windows. */
const LOCAL_SYSTEM = '*S-1-5-18';
const ADMINISTRATORS = '*S-1-5-32-544';

/**
 * Words for `icacls`: nothing is inherited from the folder, and only the owner, the system and administrators get in. A
 * folder hands these rights on to what is made in it.
 */
export function toIcaclsWords(path: string, user: string, isFolder: boolean): string[] {
  const rights = isFolder ? '(OI)(CI)F' : 'F';
  const grants = [user, LOCAL_SYSTEM, ADMINISTRATORS].map((who) => `${who}:${rights}`);
  return [path, '/inheritance:r', '/grant:r', ...grants, '/q'];
}

/** Of Windows: `DOMAIN\user`, as `icacls` wants it. */
export function toAccountName(environment: Readonly<Record<string, string | undefined>>, userName: string): string {
  const domain = environment['USERDOMAIN'];
  return domain === undefined || domain === '' ? userName : `${domain}\\${userName}`;
}

/** On Windows: takes the rights of all others away. Elsewhere the mode bits say it and nothing is done. */
export async function restrictToOwner(
  path: string,
  isFolder = false,
  platform: NodeJS.Platform = process.platform,
  run: RunProgram = promisify(execFile),
): Promise<void> {
  if (platform !== 'win32') return;
  await run('icacls', toIcaclsWords(path, toAccountName(process.env, userInfo().username), isFolder));
}
