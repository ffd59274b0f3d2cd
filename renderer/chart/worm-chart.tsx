import { useElementSize } from '@mantine/hooks';
import { memo, type ReactElement } from 'react';
import { Line, LineChart, XAxis, YAxis } from 'recharts';
import { countText } from '../components/number-text.ts';
import { timeOfDayText } from '../components/time-text.ts';
import css from './chart.module.css';
import { spreadLabels, toTimeTicks } from './series-builder.ts';
import type { WormPicture } from './worm-series.ts';

const HEIGHT = 200;
const TOP = 10;
const AXIS_HEIGHT = 22;
const LABELS_WIDTH = 112;
const PLOT = HEIGHT - TOP - AXIS_HEIGHT;
const tickStyle = { fontSize: 11, fill: 'var(--ls-secondary)' } as const;

interface Props {
  readonly picture: WormPicture;
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
}

/** Good parts since the start of the shift, and dashed what the target would have made. */
export const WormChart = memo(function WormChart({ picture, fromMs, toMs, timeZone }: Props): ReactElement {
  const { ref, width } = useElementSize();
  const place = (value: number | null): number => TOP + (1 - (value ?? 0) / picture.most) * PLOT;
  const [goodY = 0, targetY = 0] = spreadLabels(
    [place(picture.lastGood), place(picture.lastTarget)],
    17,
    TOP,
    TOP + PLOT,
  );
  return (
    <div
      ref={ref}
      className={css.trend}
      style={{ height: HEIGHT }}
      role="img"
      aria-label={`Good parts ${picture.goodText}, target ${picture.targetText}: ${picture.gapText}`}
    >
      {width > 0 && (
        <LineChart
          width={Math.max(0, width - LABELS_WIDTH)}
          height={HEIGHT}
          data={[...picture.rows]}
          margin={{ top: TOP, right: 4, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis
            dataKey="atMs"
            type="number"
            domain={[fromMs, toMs]}
            allowDataOverflow
            ticks={[...toTimeTicks(fromMs, toMs, Math.max(2, (width - LABELS_WIDTH) / 64))]}
            tickFormatter={(atMs: number) => timeOfDayText(atMs, timeZone)}
            height={AXIS_HEIGHT}
            axisLine={{ stroke: 'var(--ls-line)' }}
            tickLine={false}
            tick={tickStyle}
          />
          <YAxis
            domain={[0, picture.most]}
            ticks={[0, Math.round(picture.most)]}
            tickFormatter={countText}
            width={44}
            axisLine={false}
            tickLine={false}
            tick={tickStyle}
          />
          <Line
            dataKey="target"
            stroke="var(--ls-text)"
            strokeDasharray="4 4"
            strokeWidth={1.5}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="good"
            stroke="var(--ls-act)"
            strokeWidth={2.5}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
          />
        </LineChart>
      )}
      <div className={css.trendLabel} style={{ top: goodY - 8, width: LABELS_WIDTH - 6, color: 'var(--ls-act)' }}>
        <span>good</span>
        <span className={css.trendValue}>{picture.goodText}</span>
      </div>
      <div className={css.trendLabel} style={{ top: targetY - 8, width: LABELS_WIDTH - 6 }}>
        <span>target</span>
        <span className={css.trendValue}>{picture.targetText}</span>
      </div>
    </div>
  );
});
