import { type ReactElement, useMemo, useState } from 'react';
import type { EquipmentShift, Stop } from '../../../shared/domain/equipment-shift.ts';
import { addressOf } from '../../app/screens.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { openAddress } from '../../app/use-screen.ts';
import { Notice } from '../../components/notice.tsx';
import { type FigureScope, FigureScopeContext } from '../explain/explain-context.ts';
import { describeShift } from '../shift/shift-head-view.ts';
import { useShiftFeed } from '../shift/use-shift-feed.ts';
import { StopDrawer } from '../stop-reason/stop-drawer.tsx';
import { keyOfStop } from '../stop-reason/stop-view.ts';
import { BasisCard } from './basis-card.tsx';
import { DowntimeTable } from './downtime-table.tsx';
import { KpiStrip, MoreKpis } from './kpi-strip.tsx';
import { type KpiSet, toKpiStrip } from './kpi-view.ts';
import { HoursCard, ParetoCard, WaterfallCard, WormCard } from './loss-cards.tsx';
import css from './machine-shift-panel.module.css';
import { PageHead } from './page-head.tsx';
import { ProductRuns } from './product-runs.tsx';
import { ShiftTimeline } from './shift-timeline.tsx';

interface Props {
  readonly machineId: string;
  readonly shiftFromMs: number | null;
}

/** One machine's (or the line's) shift, whole. */
export function MachineShiftPanel({ machineId, shiftFromMs }: Props): ReactElement {
  const ids = useMemo(() => [machineId], [machineId]);
  const { shifts, refresh } = useShiftFeed(ids, shiftFromMs);
  const fed = shifts.get(machineId);
  const shift = fed?.shift ?? null;
  return (
    <div className={css.screen} data-testid="screen-oee">
      {fed?.failure != null && (
        <Notice tone="look" testId="shift-failure">
          {fed.failure} {shift !== null && 'What you see is what was read before.'}
        </Notice>
      )}
      {shift === null ? (
        fed === undefined && <Notice tone="calm">Reading the shift of {machineId} from the historian …</Notice>
      ) : (
        <Shift shift={shift} shiftFromMs={shiftFromMs} onDone={refresh} />
      )}
    </div>
  );
}

interface ShiftProps {
  readonly shift: EquipmentShift;
  readonly shiftFromMs: number | null;
  readonly onDone: () => void;
}

function Shift({ shift, shiftFromMs, onDone }: ShiftProps): ReactElement {
  const nowMs = useLiveSnapshot()?.nowMs ?? shift.takenAtMs;
  const [set, setSet] = useState<KpiSet>('vorne');
  const [opened, setOpened] = useState<readonly Stop[]>([]);
  const { equipmentId, name, timeZone } = shift;
  const beganMs = shift.shift?.fromMs ?? null;
  const scope = useMemo(
    (): FigureScope => ({ equipmentId, name, shiftFromMs: beganMs, timeZone }),
    [equipmentId, name, beganMs, timeZone],
  );
  const strip = toKpiStrip(shift, set);
  // A stop grows while it is looked at: what is shown of it is the newest.
  const keys = opened.map(keyOfStop);
  const chosen = keys.flatMap(
    (key, index) => shift.stops.find((stop) => keyOfStop(stop) === key) ?? opened[index] ?? [],
  );
  return (
    <FigureScopeContext value={scope}>
      <PageHead
        shift={shift}
        nowMs={nowMs}
        set={set}
        onSet={setSet}
        shiftFromMs={shiftFromMs}
        onChoose={(fromMs) => openAddress(addressOf('oee', equipmentId, fromMs))}
      />
      <p className={css.costly}>
        <span data-testid="most-costly">
          <strong>What cost most:</strong> {shift.mostCostly ?? 'nothing has been lost yet.'}
        </span>
        {shift.shift !== null && (
          <span className={css.quiet} data-testid="shift-head">
            {describeShift(shift.shift, timeZone)}
          </span>
        )}
      </p>
      <div className={css.factors}>
        <KpiStrip strip={strip} />
        <BasisCard shift={shift} nowMs={nowMs} />
      </div>
      <MoreKpis kpis={strip.more} />
      <ShiftTimeline shift={shift} onOpenStop={(stop) => setOpened([stop])} />
      <div className={css.losses}>
        <WaterfallCard shift={shift} />
        <ParetoCard shift={shift} />
      </div>
      <div className={css.wide}>
        <HoursCard shift={shift} />
        <WormCard shift={shift} />
      </div>
      <DowntimeTable shift={shift} onOpen={setOpened} />
      <ProductRuns shift={shift} />
      <StopDrawer
        chosen={chosen}
        stops={shift.stops}
        timeZone={timeZone}
        onClose={() => setOpened([])}
        onDone={() => {
          setOpened([]);
          onDone();
        }}
      />
    </FigureScopeContext>
  );
}
