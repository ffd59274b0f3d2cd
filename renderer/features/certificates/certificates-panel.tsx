import { type ReactElement, useState } from 'react';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { Notice } from '../../components/notice.tsx';
import { AuthorityCard } from './authority-card.tsx';
import css from './certificates-panel.module.css';
import { ChainCard } from './chain-card.tsx';
import { CopyText } from './copy-text.tsx';
import { DoctorCard } from './doctor-card.tsx';
import { ServersCard } from './servers-card.tsx';
import { useCertificates } from './use-certificates.ts';

/** Certificates of MQTT, OPC UA and the historian: one life-cycle. */
export function CertificatesPanel(): ReactElement {
  const work = useCertificates();
  const live = useLiveSnapshot();
  const [passphrase, setPassphrase] = useState('');
  const { overview, failure, done } = work;
  const nowMs = live?.nowMs ?? 0;
  return (
    <div className={css.screen} data-testid="screen-certificates">
      {failure !== null && (
        <Notice tone="broken" testId="certificate-failure">
          {failure}
        </Notice>
      )}
      {done !== null && (
        <Notice tone="calm" testId="certificate-done">
          {done.text} {done.nextStep}{' '}
          {done.requestPem !== null && (
            <CopyText text={done.requestPem} label="Copy the request" testId="copy-request" />
          )}
          {done.files.length > 0 && <div className={css.files}>{done.files.join('\n')}</div>}
        </Notice>
      )}
      {overview === null ? (
        failure === null && <p className={css.quiet}>Reading the certificates of this gateway …</p>
      ) : (
        <>
          <ChainCard overview={overview} work={work} passphrase={passphrase === '' ? null : passphrase} nowMs={nowMs} />
          <div className={css.columns}>
            <DoctorCard overview={overview} serverIds={live?.snapshot.servers.map(({ serverId }) => serverId) ?? []} />
            <div className={css.column}>
              <ServersCard servers={overview.servers} work={work} />
              <AuthorityCard
                authority={overview.authority}
                work={work}
                passphrase={passphrase}
                onPassphrase={setPassphrase}
                nowMs={nowMs}
              />
            </div>
          </div>
        </>
      )}
    </div>
  );
}
