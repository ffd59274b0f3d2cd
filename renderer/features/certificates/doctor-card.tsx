import { Button, Group, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ProbeStep } from '../../../shared/domain/probe.ts';
import type { CertificateOverview } from '../../../shared/domain/certificate-desk.ts';
import { Card } from '../../components/card.tsx';
import { toBrokerSettings } from './broker-settings.ts';
import css from './certificates-panel.module.css';
import { type StepSign, toStepName, toStepSign, toTargets, toVerdict } from './certificates-view.ts';
import { CopyText } from './copy-text.tsx';
import { useDoctor } from './use-certificates.ts';

const SIGNS: Readonly<Record<StepSign, string>> = { good: '✓', odd: '●', failed: '×', skipped: '·' };
const SIGN_NAMES: Readonly<Record<StepSign, string>> = {
  good: 'good',
  odd: 'needs a look',
  failed: 'failed',
  skipped: 'not reached',
};

interface Props {
  readonly overview: CertificateOverview;
  readonly serverIds: readonly string[];
}

/** A connection step by step; the check that fails, and the ways out. */
export function DoctorCard({ overview, serverIds }: Props): ReactElement {
  const doctor = useDoctor();
  const targets = toTargets(overview, serverIds);
  const [chosen, setChosen] = useState<string | null>(null);
  const target = chosen ?? targets[0]?.value ?? null;
  const caPem = overview.authority?.pem ?? null;
  const verdict = doctor.phase === 'done' ? toVerdict(doctor.steps) : null;
  return (
    <Card title="Doctor" note="a connection, check by check" testId="doctor">
      <Group gap={8} mb={8} align="end">
        <Select
          label="Connection"
          size="xs"
          w={300}
          allowDeselect={false}
          data={targets}
          value={target}
          onChange={setChosen}
          data-testid="doctor-target"
        />
        {doctor.phase === 'running' ? (
          <Button size="xs" variant="default" onClick={doctor.cancel} data-testid="doctor-cancel">
            Cancel
          </Button>
        ) : (
          <Button
            size="xs"
            disabled={target === null}
            onClick={() => target !== null && doctor.start(target)}
            data-testid="doctor-start"
          >
            Examine
          </Button>
        )}
      </Group>
      {doctor.phase === 'idle' && (
        <p className={css.quiet}>Nothing of ours is sent before the other side has shown a good certificate.</p>
      )}
      <ol className={css.steps} aria-live="polite">
        {doctor.steps.map((step, index) => (
          <Step key={index} step={step} caPem={caPem} />
        ))}
      </ol>
      {doctor.phase === 'running' && <p className={css.quiet}>Examining; each step ends within 10 s …</p>}
      {doctor.phase === 'cancelled' && <p className={css.quiet}>Cancelled. What was seen until then stands above.</p>}
      {doctor.text !== null && <p className={css.bad}>{doctor.text}</p>}
      {verdict !== null && <p data-testid="doctor-verdict">{verdict}</p>}
    </Card>
  );
}

function Step({ step, caPem }: { readonly step: ProbeStep; readonly caPem: string | null }): ReactElement {
  const sign = toStepSign(step);
  const settings = step.ok ? [] : toBrokerSettings(step.step, step.code);
  const isAboutUs = step.code === 'mqtt/client-cert-refused';
  return (
    <li className={css.step} data-sign={sign} data-testid={`step-${step.step}`}>
      <span aria-label={SIGN_NAMES[sign]} role="img">
        {SIGNS[sign]}
      </span>
      <strong>{toStepName(step.step)}</strong>
      <div>
        <div>{step.text}</div>
        {step.nextStep !== undefined && sign !== 'good' && <div className={css.next}>{step.nextStep}</div>}
        {isAboutUs && caPem !== null && (
          <div className={css.acts}>
            Either give the broker’s administrator our authority{' '}
            <CopyText text={caPem} label="Copy CA as PEM" testId="copy-ca" /> or have a request signed by theirs (Make a
            request, above).
          </div>
        )}
        {settings.map(({ broker, lines }) => (
          <div key={broker} className={css.setting}>
            On {broker}: <code>{lines.join('  ')}</code> <CopyText text={lines.join('\n')} label="Copy" />
          </div>
        ))}
        {step.code !== undefined && !step.ok && <em className={css.quiet}>{step.code}</em>}
      </div>
    </li>
  );
}
