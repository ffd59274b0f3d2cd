import { toMetricValue } from '../metric-value.ts';
import { type PayloadMetric, REBIRTH_METRIC } from '../payload.ts';
import { askRebirth } from './check-rebirth.ts';
import { nameType, toWireKind } from './check-value.ts';
import type { LookedAt } from './looked-at.ts';

/** NCMD or DCMD. Names as well as aliases are taken, and a datatype too: the specification contradicts itself there. */
export function checkCommand(looked: LookedAt): void {
  const { payload, verb, report } = looked;
  if (payload.metrics.length === 0) report('command-empty', `${verb} holds no metric, required is at least one`);
  for (const metric of payload.metrics) {
    if (metric.name?.toLowerCase() === REBIRTH_METRIC.toLowerCase()) checkRebirthRequest(looked, metric);
    else checkWrite(looked, metric);
  }
}

function checkRebirthRequest(looked: LookedAt, { name = '', wireKind, wireValue }: PayloadMetric): void {
  const { verb, report } = looked;
  if (name !== REBIRTH_METRIC) {
    report('rebirth-ask-name', `a rebirth is asked for with ${name}, required is ${REBIRTH_METRIC}`, name);
  } else if (verb === 'DCMD') report('rebirth-ask-verb', 'a rebirth is asked for with DCMD, required is NCMD', name);
  else if (wireKind !== 'boolean' || wireValue !== true) {
    const seen = wireKind === 'boolean' ? 'false' : `a value in ${wireKind}`;
    report('rebirth-ask-value', `a rebirth is asked for with ${seen}, required is the Boolean true`, name);
  } else askRebirth(looked);
}

function checkWrite({ node, verb, deviceId, report }: LookedAt, metric: PayloadMetric): void {
  const scope = node.scopes.get(deviceId);
  if (scope?.phase !== 'born') return;
  const owner = metric.alias === undefined ? undefined : node.aliases.get(metric.alias);
  const name = metric.name ?? (owner?.deviceId === deviceId ? owner.name : `alias ${metric.alias ?? 'none'}`);
  const known = scope.metrics.get(name);
  if (known === undefined) {
    report('command-unknown', `${verb} writes to ${name}, which is not in the birth`, name);
    return;
  }
  const { datatype } = known;
  if (datatype === undefined || toWireKind(datatype) === undefined) return;
  const isWrongType = metric.datatype !== undefined && metric.datatype !== datatype;
  if (!isWrongType && toMetricValue(metric, datatype) !== undefined) return;
  const seen = isWrongType ? `the datatype ${nameType(metric.datatype ?? 0)}` : `a value in ${metric.wireKind}`;
  report('command-value', `${verb} writes ${seen} to ${name}, required is a ${nameType(datatype)}`, name);
}
