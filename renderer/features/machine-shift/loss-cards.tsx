import { SegmentedControl } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { HourBars } from '../../chart/hour-bars.tsx';
import { type HourMeasure, toHourPicture } from '../../chart/hour-series.ts';
import { LossWaterfall } from '../../chart/loss-waterfall.tsx';
import { ParetoBars } from '../../chart/pareto-bars.tsx';
import { type ParetoOrder, type ParetoRow, toParetoRows } from '../../chart/pareto-series.ts';
import { type LossUnit, toWaterfall } from '../../chart/waterfall-series.ts';
import { WormChart } from '../../chart/worm-chart.tsx';
import { toWormPicture } from '../../chart/worm-series.ts';
import { Card } from '../../components/card.tsx';
import { useAsk } from '../explain/explain-context.ts';
import css from './loss-cards.module.css';
import { toWholeWindow } from './timeline-view.ts';

interface Props {
  readonly shift: EquipmentShift;
}

const MAX_REASONS = 8;

export function WaterfallCard({ shift }: Props): ReactElement {
  const { ask } = useAsk();
  const [unit, setUnit] = useState<LossUnit>('minutes');
  const columns = useMemo(() => toWaterfall(shift.waterfall, unit), [shift.waterfall, unit]);
  return (
    <Card title="Where the time went" testId="waterfall" className={css.card}>
      <SegmentedControl
        className={css.switch ?? ''}
        aria-label="Unit of the losses"
        data={[
          { value: 'minutes', label: 'Minutes' },
          { value: 'parts', label: 'Parts' },
        ]}
        value={unit}
        onChange={(value) => setUnit(value as LossUnit)}
      />
      <LossWaterfall columns={columns} unit={unit} onExplain={ask} />
    </Card>
  );
}

export function ParetoCard({ shift }: Props): ReactElement {
  const { ask } = useAsk();
  const [order, setOrder] = useState<ParetoOrder>('duration');
  const rows = useMemo(() => toParetoRows(shift.pareto, order, MAX_REASONS), [shift.pareto, order]);
  const hiddenCount = shift.pareto.length - rows.length;
  return (
    <Card
      title="Stops by cost"
      note={hiddenCount > 0 ? `and ${hiddenCount} smaller` : ''}
      testId="pareto"
      className={css.card}
    >
      <SegmentedControl
        className={css.switch ?? ''}
        aria-label="Order of the reasons"
        data={[
          { value: 'duration', label: 'Duration' },
          { value: 'count', label: 'Count' },
        ]}
        value={order}
        onChange={(value) => setOrder(value as ParetoOrder)}
      />
      {rows.length === 0 ? (
        <p className={css.absence}>Nothing has stopped in this shift.</p>
      ) : (
        <ParetoBars rows={rows} onExplain={ask} figureOf={figureOfReason} />
      )}
    </Card>
  );
}

/** A bar opens to the stops of its own reason or cause. */
const figureOfReason = (row: ParetoRow): string => `pareto:${row.bar.id}`;

export function HoursCard({ shift }: Props): ReactElement {
  const { ask } = useAsk();
  const [measure, setMeasure] = useState<HourMeasure>('good');
  const picture = useMemo(
    () => toHourPicture(shift.hours, measure, shift.targetRatio, shift.timeZone),
    [shift.hours, measure, shift.targetRatio, shift.timeZone],
  );
  const hasTarget = picture.columns.some(({ target }) => target !== null);
  return (
    <Card
      title="Each hour against its target"
      note={hasTarget ? 'dashed: target' : ''}
      testId="hours"
      className={css.card}
    >
      <SegmentedControl
        className={css.switch ?? ''}
        aria-label="What the hours show"
        data={[
          { value: 'good', label: 'Good parts' },
          { value: 'oee', label: 'OEE %' },
          { value: 'availability', label: 'A %' },
          { value: 'performance', label: 'P %' },
          { value: 'quality', label: 'Q %' },
        ]}
        value={measure}
        onChange={(value) => setMeasure(value as HourMeasure)}
      />
      <HourBars picture={picture} onExplain={ask} />
    </Card>
  );
}

export function WormCard({ shift }: Props): ReactElement {
  const picture = useMemo(() => toWormPicture(shift.worm), [shift.worm]);
  const { fromMs, toMs } = toWholeWindow(shift);
  return (
    <Card
      title="Good parts since the shift began"
      note={<span className={picture.isBehind ? css.behind : undefined}>{picture.gapText}</span>}
      testId="worm"
    >
      <WormChart picture={picture} fromMs={fromMs} toMs={toMs} timeZone={shift.timeZone} />
    </Card>
  );
}
