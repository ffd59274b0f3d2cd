import type { SiteConfig } from '../shared/config/site.ts';
import { describeConnectFailure } from './historian/connect-failure.ts';
import type { Historian } from './historian/open-historian.ts';
import { createLiveOee, type LiveOee } from './oee/live-oee.ts';
import { OeeDesk } from './oee/oee-desk.ts';
import type { OeeSite } from './oee/oee-site.ts';
import { ShiftKeeper } from './oee/shift-keeper.ts';
import type { Clock } from './platform/clock.ts';
import { EngineError, isEngineError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';

/** What of a site file concerns OEE. */
export const toOeeSite = ({
  sparkplug,
  machines,
  shifts,
  site,
  calendar,
  oee,
  samplingClasses,
}: SiteConfig): OeeSite => ({
  groupId: sparkplug.groupId,
  edgeNodeId: sparkplug.edgeNodeId,
  machines,
  shifts,
  timeZone: site.timeZone,
  lineName: site.line,
  calendar,
  oee,
  samplingClasses,
});

/** OEE of a site on its historian: the running shift, the keeper of all shifts, and the desk that answers. */
export interface OeeStage {
  readonly live: LiveOee;
  readonly keeper: ShiftKeeper;
  readonly desk: OeeDesk;
}

export function composeOee(site: OeeSite, historian: Historian, clock: Clock, log: Log): OeeStage {
  const live = createLiveOee({ ...site, reader: historian, clock });
  const keeper = new ShiftKeeper({ site, store: historian.oee, live, clock, log });
  const desk = new OeeDesk({
    site,
    reader: historian,
    store: historian.oee,
    live,
    clock,
    wordsAdded: () => void keeper.wake(),
    toReadable,
  });
  keeper.onRevised((revised) => desk.shiftRevised(revised));
  return { live, keeper, desk };
}

function toReadable(error: unknown): unknown {
  if (isEngineError(error)) return error;
  const { code, text, nextStep } = describeConnectFailure(error);
  return new EngineError(code, `The historian did not answer: ${text}. ${nextStep}`, {}, { cause: error });
}
