import { EngineError } from '../platform/engine-error.ts';
import { runOpcuaBrowse } from './run-opcua-browse.ts';
import { runOpcuaDiscover } from './run-opcua-discover.ts';
import { runOpcuaTrust } from './run-opcua-trust.ts';

/** `lineside opcua discover|browse|trust`. Returns the exit code. */
export function runOpcua(words: readonly string[], print: (text: string) => void): Promise<number> {
  const [what, ...rest] = words;
  switch (what) {
    case 'discover':
      return runOpcuaDiscover(rest, print);
    case 'browse':
      return runOpcuaBrowse(rest);
    case 'trust':
      return runOpcuaTrust(rest, print);
    default:
      throw new EngineError('cli/usage', `there is no "opcua ${what ?? ''}"; there is discover, browse and trust`);
  }
}
