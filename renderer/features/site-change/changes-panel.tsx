import { Button, UnstyledButton } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { SiteEditResult } from '../../../shared/domain/site-edit.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { countText, plural } from '../../components/number-text.ts';
import { ResizablePanels } from '../../components/resizable-panels.tsx';
import { dayText, exactTimeText } from '../../components/time-text.ts';
import type { Answer } from '../../components/use-answer.ts';
import { OperatorField, useOperator } from '../stop-reason/operator.tsx';
import css from './changes-panel.module.css';
import { toImpactText } from './impact-text.ts';
import { useChanges } from './use-changes.ts';

const SIGNS = { added: '+', changed: '~', removed: '−' } as const;

/** Who changed the configuration when and how, what differs, and the way back with what it would do. */
export function ChangesPanel(): ReactElement | null {
  const [chosen, setChosen] = useState<number | null>(null);
  const changes = useChanges(chosen);
  const timeZone = useLiveSnapshot()?.snapshot.site.timeZone;
  const { list, inForce, shown } = changes;
  if (timeZone === undefined) return null;
  if (list.phase !== 'there') {
    return (
      <Notice tone={list.phase === 'failed' ? 'look' : 'calm'} testId="screen-changes">
        {list.phase === 'failed' ? `The changes could not be read: ${list.text}` : 'Reading the changes …'}
      </Notice>
    );
  }
  const revisions = (
    <Card title="Changes of the site" className={css.card} testId="revisions">
      <ul className={css.list}>
        {list.value.map(({ revision, changedBy, changedAtMs, source }) => (
          <li key={revision}>
            <UnstyledButton
              className={css.revision}
              aria-pressed={revision === shown}
              onClick={() => setChosen(revision)}
              data-testid="revision-row"
            >
              <b>{revision}</b> {changedBy}, {source}
              <span className={css.quiet}>
                {dayText(changedAtMs, timeZone)} {exactTimeText(changedAtMs, timeZone)}
                {revision === inForce && ' — in force'}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Card>
  );
  const difference = (
    <Card title={`Revision ${shown ?? ''} against the one before`} className={css.card} testId="difference">
      <Difference changes={changes} />
    </Card>
  );
  return (
    <div className={css.screen} data-testid="screen-changes">
      {shown !== null && shown !== inForce && (
        <RollBackBar plan={changes.plan} revision={shown} onApply={(by) => void changes.rollBack(by)} />
      )}
      <ResizablePanels
        name="changes"
        panels={[
          { title: 'Revisions', startPercent: 34, minPercent: 22, content: revisions },
          { title: 'Difference', startPercent: 66, minPercent: 30, content: difference },
        ]}
      />
    </div>
  );
}

function Difference({ changes }: { readonly changes: ReturnType<typeof useChanges> }): ReactElement {
  const { difference, shown } = changes;
  if (shown === 1) return <p className={css.quiet}>The first site that was recorded: there is none before it.</p>;
  if (difference.phase === 'waiting') return <p className={css.quiet}>Comparing …</p>;
  if (difference.phase === 'failed') return <Notice tone="look">{difference.text}</Notice>;
  const { entries, entryCount } = difference.value;
  return (
    <>
      <p className={css.quiet}>
        {plural(entryCount, 'difference')}
        {entryCount > entries.length && `, the first ${countText(entries.length)}`}
      </p>
      <ul className={css.list} tabIndex={0} aria-label="Differences">
        {entries.map(({ kind, path, before, after }) => (
          <li key={`${kind} ${path}`} className={css.entry} data-testid="difference-row">
            <span aria-label={kind}>{SIGNS[kind]}</span> <b>{path}</b>{' '}
            <span className={css.quiet}>{[before, after].filter((value) => value !== null).join(' → ')}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

interface RollBackProps {
  readonly plan: Answer<SiteEditResult>;
  readonly revision: number;
  readonly onApply: (by: string) => void;
}

function RollBackBar({ plan, revision, onApply }: RollBackProps): ReactElement {
  const [by, setBy] = useOperator();
  const planned = plan.phase === 'there' && plan.value.phase === 'planned' ? plan.value.change : null;
  return (
    <div className={css.bar} data-testid="rollback-bar">
      <div className={css.impact} data-testid="rollback-impact">
        {plan.phase === 'waiting' && 'Asking the gateway what this would mean …'}
        {plan.phase === 'failed' && plan.text}
        {planned !== null && `If revision ${revision} is taken back: ${toImpactText(planned)}`}
        {plan.phase === 'there' &&
          planned === null &&
          `Revision ${revision} cannot be taken back: ${whyNot(plan.value)}`}
      </div>
      <OperatorField name={by} onChange={setBy} />
      <Button
        size="xs"
        disabled={planned === null || by.trim() === ''}
        onClick={() => onApply(by)}
        data-testid="rollback-apply"
      >
        Roll back to {revision}
      </Button>
    </div>
  );
}

const whyNot = (result: SiteEditResult): string =>
  result.phase === 'refused'
    ? result.faults.map(({ path, text }) => `${path}: ${text}`).join('; ')
    : 'the site was changed meanwhile; open this screen again.';
