import { Paper } from '@mantine/core';
import type { ReactElement } from 'react';
import { Figure } from '../../components/figure.tsx';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './oee-tile.module.css';
import type { TileView } from './oee-view.ts';

/** OEE of the line or a machine: the figure, its target, its three factors and what it stands on. */
export function OeeTile({ tile }: { readonly tile: TileView }): ReactElement {
  return (
    <Paper
      component="section"
      withBorder
      radius="lg"
      className={css.tile}
      data-line={tile.isLine}
      aria-label={`OEE of ${tile.name}`}
      data-testid={tile.isLine ? 'oee-line' : `oee-${tile.id}`}
    >
      <h2 className={css.name}>{tile.isLine ? `Line ${tile.name}` : tile.name}</h2>
      <p className={css.state} data-class={tile.timeClass} title={tile.state}>
        <StateMark timeClass={tile.timeClass} />
        <span className={css.word}>{tile.state}</span>
        <span className={css.lasting}>{tile.stateFor}</span>
      </p>
      <div className={css.main} data-testid="oee-figure">
        <Figure value={tile.oee} unit={tile.cause === null ? '%' : ''} size={tile.isLine ? 'lg' : 'md'} />
        {tile.cause !== null && <span className={css.cause}>{tile.cause}</span>}
      </div>
      <TargetBar tile={tile} />
      <p className={css.target}>
        {tile.target}
        <span data-low={tile.isCoverageLow}>
          , {tile.coverage}
          {tile.isCoverageLow && ' (low)'}
        </span>
      </p>
      <dl className={css.factors}>
        {tile.factors.map((factor) => (
          <div key={factor.name} title={factor.cause ?? undefined}>
            <dt>{factor.name}</dt>
            <dd>{factor.figure}</dd>
          </div>
        ))}
      </dl>
      {tile.fault !== null && <p className={css.fault}>{tile.fault}</p>}
      <p className={css.basis}>{tile.counts}</p>
      <p className={css.basis} title={tile.basis}>
        {tile.basis}
      </p>
    </Paper>
  );
}

const percent = (ratio: number): string => `${ratio * 100}%`;

function TargetBar({ tile }: { readonly tile: TileView }): ReactElement {
  return (
    <div className={css.bar} aria-hidden>
      {tile.fillRatio !== null && (
        <div className={css.fill} data-below={tile.isBelowTarget} style={{ width: percent(tile.fillRatio) }} />
      )}
      <div className={css.mark} style={{ left: percent(Math.min(1, tile.targetRatio)) }} />
    </div>
  );
}
