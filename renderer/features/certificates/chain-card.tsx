import { Button, FileButton } from '@mantine/core';
import type { ReactElement } from 'react';
import type { CertificateLine, CertificateLink, CertificateOverview } from '../../../shared/domain/certificate-desk.ts';
import { Card } from '../../components/card.tsx';
import css from './certificates-panel.module.css';
import { shortPrint, toLeftText, toLifeLeftRatio, toTone, toUseText } from './certificates-view.ts';
import type { CertificateWork } from './use-certificates.ts';

interface Props {
  readonly overview: CertificateOverview;
  readonly work: CertificateWork;
  readonly passphrase: string | null;
  readonly nowMs: number;
}

/** Who vouches for this gateway: each chain from its root to what we show. */
export function ChainCard({ overview, work, passphrase, nowMs }: Props): ReactElement {
  return (
    <Card title="Who vouches for this gateway" testId="certificate-chains">
      {overview.links.length === 0 && (
        <p className={css.quiet}>This site has no connection that shows a certificate.</p>
      )}
      {overview.links.map((link) => (
        <div key={link.linkId} className={css.chain} data-testid={`chain-${link.linkId}`}>
          {link.state.phase === 'there' &&
            [...link.state.issuers].reverse().map((issuer) => (
              <div key={issuer.sha256} className={css.link}>
                <div className={css.node}>
                  <strong>{issuer.commonName ?? issuer.subject}</strong>
                  <span className={css.quiet}>
                    {issuer.key} ·{' '}
                    {overview.authority?.certificate.sha256 === issuer.sha256
                      ? 'own, key on this computer'
                      : 'authority'}
                  </span>
                  <Life certificate={issuer} nowMs={nowMs} />
                </div>
                <span className={css.signs}>signs</span>
              </div>
            ))}
          <LinkBox link={link} overview={overview} work={work} passphrase={passphrase} nowMs={nowMs} />
        </div>
      ))}
      <p className={css.quiet}>{overview.keyKeeping}</p>
    </Card>
  );
}

function LinkBox({
  link,
  overview,
  work,
  passphrase,
  nowMs,
}: Props & { readonly link: CertificateLink }): ReactElement {
  const { linkId, state } = link;
  const order = { linkId, passphrase };
  const install = async (file: File | null, as: 'certificatePem' | 'authorityPem'): Promise<void> => {
    if (file === null) return;
    const pem = await file.text();
    const nothing = { certificatePem: null, authorityPem: null };
    await work.act((calls) => calls.install({ linkId, ...nothing, [as]: pem }));
  };
  const isReady = overview.authority !== null && state.phase !== 'unnamed';
  return (
    <div className={css.node} data-tone={state.phase === 'there' ? toTone(state.certificate, nowMs) : 'look'}>
      <strong>
        {state.phase === 'there' ? (state.certificate.commonName ?? state.certificate.subject) : link.name}
      </strong>
      <span className={css.quiet}>
        {toUseText(link)} · {link.name}
      </span>
      {state.phase === 'there' ? (
        <>
          <Life certificate={state.certificate} nowMs={nowMs} />
          <span className={css.quiet}>
            SHA-256 {shortPrint(state.certificate.sha256)} · key {state.isKeyEncrypted ? 'encrypted' : 'not encrypted'}
          </span>
          {link.acceptedBy.length > 0 && (
            <span data-testid={`accepted-${linkId}`}>accepted by {link.acceptedBy.join(', ')}</span>
          )}
          {link.refusedBy.length > 0 && <span className={css.bad}>refused by {link.refusedBy.join(', ')}</span>}
          {state.fit?.isGood === false && <span className={css.bad}>{state.fit.text}</span>}
        </>
      ) : (
        <span>
          {state.text} {state.nextStep}
        </span>
      )}
      {state.phase !== 'unnamed' && (
        <div className={css.acts}>
          {state.phase === 'there' && state.isOurs ? (
            <Button
              size="compact-xs"
              loading={work.isBusy}
              data-testid={`renew-${linkId}`}
              onClick={() => void work.act((calls) => calls.renew(order))}
            >
              Renew, no interruption
            </Button>
          ) : (
            <Button
              size="compact-xs"
              disabled={!isReady}
              loading={work.isBusy}
              data-testid={`equip-${linkId}`}
              onClick={() => void work.act((calls) => calls.equip(order))}
            >
              Issue and install
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            data-testid={`request-${linkId}`}
            onClick={() => void work.act((calls) => calls.request(order))}
          >
            Make a request
          </Button>
          <FileButton accept=".pem,.crt,.cer" onChange={(file) => void install(file, 'certificatePem')}>
            {(props) => (
              <Button size="compact-xs" variant="default" {...props}>
                Install a certificate …
              </Button>
            )}
          </FileButton>
          {link.use !== 'opcua' && (
            <FileButton accept=".pem,.crt,.cer" onChange={(file) => void install(file, 'authorityPem')}>
              {(props) => (
                <Button size="compact-xs" variant="default" data-testid={`trust-ca-${linkId}`} {...props}>
                  Trust a site CA …
                </Button>
              )}
            </FileButton>
          )}
        </div>
      )}
    </div>
  );
}

function Life({ certificate, nowMs }: { readonly certificate: CertificateLine; readonly nowMs: number }): ReactElement {
  const left = toLeftText(certificate, nowMs);
  const tone = toTone(certificate, nowMs);
  return (
    <>
      <div className={css.life} role="img" aria-label={left} data-tone={tone}>
        <div style={{ width: `${toLifeLeftRatio(certificate, nowMs) * 100}%` }} />
      </div>
      <span className={css.left} data-tone={tone}>
        {left} · ends {new Date(certificate.validToMs).toISOString().slice(0, 10)}
      </span>
    </>
  );
}
