import { userInfo } from 'node:os';

/** Name of the user of this process; of one without a name, as in many containers, its number. */
export function osUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
