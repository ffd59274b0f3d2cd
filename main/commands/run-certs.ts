import { EngineError } from '../platform/engine-error.ts';

type Run = (words: readonly string[], print: (text: string) => void) => Promise<number>;

/** Each loads only what it needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Run>>> = {
  init: async () => (await import('./run-certs-make.ts')).runCertsInit,
  request: async () => (await import('./run-certs-make.ts')).runCertsRequest,
  issue: async () => (await import('./run-certs-make.ts')).runCertsIssue,
  install: async () => (await import('./run-certs-keep.ts')).runCertsInstall,
  renew: async () => (await import('./run-certs-keep.ts')).runCertsRenew,
  revoke: async () => (await import('./run-certs-keep.ts')).runCertsRevoke,
  doctor: async () => (await import('./run-certs-doctor.ts')).runCertsDoctor,
  show: async () => (await import('./run-certs-show.ts')).runCertsShow,
};

/** `lineside certs …`. Returns the exit code. */
export async function runCerts(words: readonly string[], print: (text: string) => void): Promise<number> {
  const [what = '', ...rest] = words;
  const load = Object.hasOwn(COMMANDS, what) ? COMMANDS[what] : undefined;
  if (load !== undefined) return (await load())(rest, print);
  throw new EngineError('cli/usage', `there is no "certs ${what}"; there is ${Object.keys(COMMANDS).join(', ')}`);
}
