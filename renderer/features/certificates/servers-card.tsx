import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { CertificateLine, ServerCertificate } from '../../../shared/domain/certificate-desk.ts';
import { Card } from '../../components/card.tsx';
import { OperatorField, useOperator } from '../stop-reason/operator.tsx';
import css from './certificates-panel.module.css';
import { shortPrint, wholePrint } from './certificates-view.ts';
import type { CertificateWork } from './use-certificates.ts';

interface Props {
  readonly servers: readonly ServerCertificate[];
  readonly work: CertificateWork;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const nameOf = ({ serverId, applicationUri }: ServerCertificate): string => serverId ?? applicationUri ?? 'unknown';

/** Certificates of OPC UA servers: trusted by whom and when; what is new or changed waits for a person. */
export function ServersCard({ servers, work }: Props): ReactElement {
  const waiting = servers.filter(({ state }) => state === 'refused');
  return (
    <Card title="Servers’ certificates" testId="server-certificates">
      {servers.length === 0 ? (
        <p className={css.quiet}>
          No OPC UA server has shown a certificate yet; one with encryption does at its first connection.
        </p>
      ) : (
        <table className={css.table}>
          <thead>
            <tr>
              <th>Server</th>
              <th>Subject</th>
              <th>SHA-256</th>
              <th>Ends</th>
              <th>Trust</th>
            </tr>
          </thead>
          <tbody>
            {servers.map((server) => (
              <tr key={server.certificate.sha256} data-testid="server-certificate">
                <td>{nameOf(server)}</td>
                <td>{server.certificate.subject}</td>
                <td title={wholePrint(server.certificate.sha256)}>{shortPrint(server.certificate.sha256)}</td>
                <td>{day(server.certificate.validToMs)}</td>
                <td>{toTrustText(server)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {waiting.map((server) => (
        <Decision key={server.certificate.sha256} server={server} work={work} />
      ))}
    </Card>
  );
}

function toTrustText({ state, decided, firstSeenMs, follows }: ServerCertificate): string {
  const when = decided === null ? '' : ` ${day(decided.atMs)}, ${decided.by}`;
  if (state === 'trusted') return `trusted${when}`;
  if (state === 'rejected') return `rejected${when}`;
  return `${follows === null ? 'new' : 'changed'} on ${day(firstSeenMs)}`;
}

function Decision({
  server,
  work,
}: {
  readonly server: ServerCertificate;
  readonly work: CertificateWork;
}): ReactElement {
  const [by, setBy] = useOperator();
  const [isShowing, setShowing] = useState(false);
  const { certificate, follows } = server;
  const judge = (verdict: 'trust' | 'reject') =>
    void work.act((calls) => calls.judgeServer({ sha256: certificate.sha256, verdict, by }));
  return (
    <div className={css.decision} data-testid="server-decision">
      <strong>
        {nameOf(server)} shows a {follows === null ? '' : 'new '}certificate
        {follows === null ? ' that nobody has trusted' : ''}.
      </strong>
      <p className={css.quiet}>
        Compare its SHA-256 with the one on the server’s own page before you trust it. Until then no values come from
        it; what came before is kept as stale.
      </p>
      {isShowing && (
        <div className={css.both}>
          {follows !== null && <Facts title="Trusted" certificate={follows} />}
          <Facts title={follows === null ? 'Shown' : 'New'} certificate={certificate} />
        </div>
      )}
      <div className={css.acts}>
        <Button size="compact-xs" variant="default" onClick={() => setShowing(!isShowing)} aria-expanded={isShowing}>
          {follows === null ? 'Show it' : 'Show both'}
        </Button>
        <OperatorField name={by} onChange={setBy} />
        <Button
          size="compact-xs"
          variant="default"
          disabled={by.trim() === ''}
          onClick={() => judge('reject')}
          data-testid="server-reject"
        >
          Reject
        </Button>
        <Button
          size="compact-xs"
          variant="outline"
          disabled={by.trim() === ''}
          onClick={() => judge('trust')}
          data-testid="server-trust"
        >
          Trust {follows === null ? 'it' : 'the new one'}
        </Button>
      </div>
    </div>
  );
}

function Facts({
  title,
  certificate,
}: {
  readonly title: string;
  readonly certificate: CertificateLine;
}): ReactElement {
  return (
    <dl className={css.facts}>
      <dt>{title}</dt>
      <dd>{certificate.subject}</dd>
      <dd>
        {certificate.key}, {day(certificate.validFromMs)} to {day(certificate.validToMs)}
      </dd>
      <dd>{certificate.altNames.join(', ')}</dd>
      <dd>SHA-1 {wholePrint(certificate.sha1)}</dd>
      <dd>SHA-256 {wholePrint(certificate.sha256)}</dd>
    </dl>
  );
}
