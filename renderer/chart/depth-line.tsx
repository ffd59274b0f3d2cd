import { useElementSize } from '@mantine/hooks';
import type { ReactElement } from 'react';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { countText } from '../components/number-text.ts';
import css from './chart.module.css';
import { toDepthPicture } from './series-builder.ts';

const HEIGHT = 104;
const BASE = HEIGHT - 4;

/** Waiting rows at the last checks of the sampling loop, with the two limits written on their lines. */
export function DepthLine({ sampling }: { readonly sampling: EngineSnapshot['sampling'] }): ReactElement {
  const { ref, width } = useElementSize();
  const { activateAtRows, deactivateAtRows, depths } = sampling;
  const picture = toDepthPicture(depths, activateAtRows, deactivateAtRows);
  const points = picture.points.map((point) => ({ x: point.x * width, y: point.y * BASE }));
  const last = points.at(-1);
  const limits = [
    { text: `${countText(activateAtRows)} slow down`, y: picture.activatePlace * BASE, style: css.limit },
    { text: `${countText(deactivateAtRows)} back to normal`, y: picture.deactivatePlace * BASE, style: css.limitQuiet },
  ];
  // When the queue is far above the limits their lines fall together; one label is then enough.
  const canLabelBoth = (limits[1]?.y ?? 0) - (limits[0]?.y ?? 0) >= 14;
  return (
    <div ref={ref}>
      <svg
        className={css.picture}
        height={HEIGHT}
        role="img"
        aria-label={`Waiting rows: ${countText(depths.at(-1) ?? 0)} now; slows at ${countText(activateAtRows)}, back below ${countText(deactivateAtRows)}`}
      >
        {limits.map((limit, index) => (
          <g key={limit.text}>
            <line className={limit.style} x1={0} x2={width} y1={limit.y} y2={limit.y} />
            {(index === 0 || canLabelBoth) && (
              <text className={css.label} x={2} y={limit.y - 4}>
                {limit.text}
              </text>
            )}
          </g>
        ))}
        <line className={css.axis} x1={0} x2={width} y1={BASE + 0.5} y2={BASE + 0.5} />
        <polyline className={css.depth} points={points.map((point) => `${point.x},${point.y}`).join(' ')} />
        {last !== undefined && <circle className={css.end} cx={last.x} cy={last.y} r={2.5} />}
      </svg>
    </div>
  );
}
