import { composeHistorian } from '../compose-historian.ts';
import { describeConnectFailure } from '../historian/connect-failure.ts';
import type { Historian } from '../historian/open-historian.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';

/**
 * Gives `work` the historian of a site file and closes it in the end.
 * @throws EngineError `config/…`, `cli/usage`, `historian/…` with what to do when the database does not answer.
 */
export async function withHistorian<T>(configFile: string, work: (historian: Historian) => Promise<T>): Promise<T> {
  const historian = await composeHistorian(configFile);
  try {
    return await work(historian);
  } catch (error) {
    if (isEngineError(error)) throw error;
    const { code, text, nextStep } = describeConnectFailure(error);
    throw new EngineError(code, `the historian: ${text}. ${nextStep}`, {}, { cause: error });
  } finally {
    await historian.close();
  }
}
