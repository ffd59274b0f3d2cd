import type { ChangeAuthor } from '../../shared/domain/site-change.ts';
import { osUserName } from '../platform/os-user.ts';

/** Whose change it is: the name that is given, else the user of this process; the user id in any case. */
export function findAuthor(name: string | undefined): ChangeAuthor {
  const uid = process.getuid?.();
  return { user: name ?? osUserName(), ...(uid === undefined ? {} : { uid }), via: 'command' };
}
