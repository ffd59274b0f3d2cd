import { openStoppedBuffer } from './compose-queue.ts';
import { askGateway } from './control/control-client.ts';
import { systemClock } from './platform/clock.ts';
import { HOST_TIMES_SETTING, NO_HOST_TIMES } from './sparkplug/host-time-memory.ts';

/**
 * Lets the gateway of a data folder, running or stopped, forget the newest STATE timestamps of its primary host.
 * Returns how the session of a running one is; undefined when none runs.
 * @throws EngineError `store-and-forward/no-buffer`, `…/folder-in-use` when the gateway runs and does not answer.
 */
export async function forgetPrimaryHost(dataFolder: string): Promise<string | undefined> {
  const answer = await askGateway(dataFolder, { command: 'forget-host' }, systemClock);
  if (answer !== undefined) return answer.session;
  const buffer = openStoppedBuffer(dataFolder);
  try {
    await buffer.writeSetting(HOST_TIMES_SETTING, NO_HOST_TIMES);
  } finally {
    await buffer.close();
  }
  return undefined;
}
