import { UnstyledButton } from '@mantine/core';
import { Fragment, type ReactElement } from 'react';
import type { ScreenId } from '../../app/screens.ts';
import { Figure } from '../../components/figure.tsx';
import { ToneSign } from '../../components/notice.tsx';
import type { FlowView } from './overview-view.ts';
import css from './pipeline.module.css';
import type { StageView } from './stage-view.ts';

interface Props {
  readonly stages: readonly StageView[];
  readonly flows: readonly FlowView[];
  readonly onOpen: (screen: ScreenId) => void;
}

/** The way of a value, read from left to right; the rates between the stages show where it stops. */
export function Pipeline({ stages, flows, onOpen }: Props): ReactElement {
  return (
    <div className={css.frame}>
      <ol className={css.row} aria-label="Pipeline from the servers to the historian">
        {stages.map((stage, index) => {
          const flow = flows[index];
          return (
            <Fragment key={stage.id}>
              <StageCard stage={stage} onOpen={onOpen} />
              {flow !== undefined && (
                <li className={css.flow} data-flowing={flow.isFlowing} aria-label={`${flow.label}: ${flow.rate}`}>
                  <span className={css.rate} data-testid={`flow-${index}`}>
                    {flow.rate}
                  </span>
                  <span className={css.road} aria-hidden />
                </li>
              )}
            </Fragment>
          );
        })}
      </ol>
    </div>
  );
}

function StageCard({ stage, onOpen }: { readonly stage: StageView; readonly onOpen: Props['onOpen'] }): ReactElement {
  const { trouble, tone } = stage;
  return (
    <li className={css.stage} data-tone={tone} data-testid={`stage-${stage.id}`}>
      <h2 className={css.title}>
        {tone !== 'calm' && <ToneSign tone={tone} />}
        {stage.title}
      </h2>
      <div data-testid={`${stage.id}-figure`}>
        <Figure value={stage.figure} unit={stage.unit} />
      </div>
      {trouble === null ? (
        <ul className={css.lines}>
          {stage.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ) : (
        <div className={css.trouble} role={tone === 'calm' ? undefined : 'status'}>
          <p>
            {trouble.text} {trouble.safe !== '' && <strong>{trouble.safe}</strong>}
          </p>
          {trouble.open !== null && tone !== 'calm' && <StageButton open={trouble.open} onOpen={onOpen} />}
        </div>
      )}
    </li>
  );
}

type Open = NonNullable<NonNullable<StageView['trouble']>['open']>;

function StageButton({ open, onOpen }: { readonly open: Open; readonly onOpen: Props['onOpen'] }): ReactElement {
  return (
    <UnstyledButton className={css.button} onClick={() => onOpen(open.screen)}>
      {open.label}
    </UnstyledButton>
  );
}
