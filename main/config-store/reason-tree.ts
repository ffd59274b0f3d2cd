import type { Reason } from '../../shared/domain/reason.ts';
import { EngineError } from '../platform/engine-error.ts';

/**
 * Says that these reasons are a tree in which nothing that is offered hangs below something that is not. Pure.
 *
 * @param changedIds what was just put or retired, and the error is about.
 * @throws EngineError `config/reason-parent`, `config/reason-cycle`, `config/reason-has-children`.
 */
export function refuseBrokenTree(reasons: readonly Reason[], changedIds: ReadonlySet<string>): void {
  const byId = new Map(reasons.map((reason) => [reason.reasonId, reason]));
  for (const reason of reasons) {
    const { reasonId, parentReasonId, retiredAtMs } = reason;
    if (parentReasonId === null) continue;
    const parent = byId.get(parentReasonId);
    if (parent === undefined) {
      const text = `reason ${reasonId} is below ${parentReasonId}, which there is not: add that one first`;
      throw new EngineError('config/reason-parent', text, { reasonId });
    }
    if (isBelowItself(reason, byId)) {
      const text = `reason ${reasonId} cannot be below ${parentReasonId}, which is below it: name another parent`;
      throw new EngineError('config/reason-cycle', text, { reasonId });
    }
    if (parent.retiredAtMs === null || retiredAtMs !== null) continue;
    if (changedIds.has(reasonId)) {
      const text = `reason ${reasonId} is below ${parentReasonId}, which is retired: name another parent`;
      throw new EngineError('config/reason-parent', text, { reasonId });
    }
    const text = `reason ${parentReasonId} has ${reasonId} below it: retire that one first, or move it`;
    throw new EngineError('config/reason-has-children', text, { reasonId: parentReasonId });
  }
}

function isBelowItself(reason: Reason, byId: ReadonlyMap<string, Reason>): boolean {
  const passed = new Set<string>();
  for (let above: Reason | undefined = reason; above; above = byId.get(above.parentReasonId ?? '')) {
    if (passed.has(above.reasonId)) return above === reason;
    passed.add(above.reasonId);
  }
  return false;
}
