import { useElementSize } from '@mantine/hooks';
import { memo, type ReactElement } from 'react';
import { Bar, BarChart, XAxis, YAxis } from 'recharts';
import css from './hour-bars.module.css';
import type { HourColumn, HourPicture } from './hour-series.ts';

const HEIGHT = 200;
const tickStyle = { fontSize: 11, fill: 'var(--ls-secondary)' } as const;

interface Props {
  readonly picture: HourPicture;
  readonly onExplain: (figureId: string) => void;
}

/** A bar each hour with its value on it and its own target as a dashed line; each opens to what it is made of. */
export const HourBars = memo(function HourBars({ picture, onExplain }: Props): ReactElement {
  const { ref, width } = useElementSize();
  const slotPx = width / Math.max(1, picture.columns.length);
  return (
    <div ref={ref} className={css.chart} style={{ height: HEIGHT }} role="group" aria-label="Hours of the shift">
      {width > 0 && (
        <BarChart
          width={width}
          height={HEIGHT}
          data={[...picture.columns]}
          margin={{ top: 6, right: 0, bottom: 0, left: 0 }}
          barCategoryGap="14%"
          accessibilityLayer={false}
        >
          <XAxis
            dataKey="label"
            height={22}
            interval={slotPx < 34 ? 'preserveStartEnd' : 0}
            axisLine={{ stroke: 'var(--ls-line)' }}
            tickLine={false}
            tick={tickStyle}
          />
          <YAxis hide domain={[0, picture.most]} />
          <Bar
            dataKey="height"
            maxBarSize={76}
            isAnimationActive={false}
            shape={(shape: unknown) => <HourMark {...(shape as MarkPlace)} most={picture.most} onExplain={onExplain} />}
          />
        </BarChart>
      )}
    </div>
  );
});

/** What Recharts tells a shape; its own type holds the union of all charts. */
interface MarkPlace {
  readonly x: number;
  readonly width: number;
  readonly payload: HourColumn;
  readonly background: { readonly y: number; readonly height: number };
}

interface MarkProps extends MarkPlace {
  readonly most: number;
  readonly onExplain: (figureId: string) => void;
}

function HourMark({ x, width, payload, background, most, onExplain }: MarkProps): ReactElement {
  const bottom = background.y + background.height;
  const place = (value: number): number => bottom - (value / most) * background.height;
  const top = place(payload.height);
  const { figureId } = payload;
  const targetY = payload.target === null ? null : place(payload.target);
  // The value stands in the bar where the line of the target would cross it.
  const isInside = targetY !== null && top - targetY >= 0 && top - targetY < 18 && bottom - top > 20;
  return (
    <g
      role="button"
      tabIndex={0}
      className={css.mark}
      data-figure={figureId}
      aria-label={`${payload.title}: why?`}
      onClick={() => onExplain(figureId)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onExplain(figureId);
      }}
    >
      <title>{payload.title}</title>
      <rect x={x} y={background.y} width={width} height={background.height} fill="transparent" />
      <rect
        className={css.bar}
        data-below={payload.isFarBelow}
        data-part={payload.isPart}
        x={x}
        y={top}
        width={width}
        height={bottom - top}
      />
      {targetY !== null && (
        <line className={css.target} x1={x - width * 0.08} x2={x + width * 1.08} y1={targetY} y2={targetY} />
      )}
      <text className={css.value} data-inside={isInside} x={x + width / 2} y={isInside ? top + 14 : top - 4}>
        {payload.text}
      </text>
    </g>
  );
}
