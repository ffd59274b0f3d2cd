import { Button, Group, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import type { AuthorityView, IssuedLine } from '../../../shared/domain/certificate-desk.ts';
import { Card } from '../../components/card.tsx';
import css from './certificates-panel.module.css';
import { CopyText } from './copy-text.tsx';
import type { CertificateWork } from './use-certificates.ts';

interface Props {
  readonly authority: AuthorityView | null;
  readonly work: CertificateWork;
  readonly passphrase: string;
  readonly onPassphrase: (text: string) => void;
  readonly nowMs: number;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const orNull = (text: string): string | null => (text === '' ? null : text);

/** The authority of the site, where it is on this computer: made here, and what it has issued. */
export function AuthorityCard({ authority, work, passphrase, onPassphrase, nowMs }: Props): ReactElement {
  const [name, setName] = useState('');
  const init = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await work.act((calls) => calls.initAuthority({ name, passphrase: orNull(passphrase) }));
  };
  const secret = (
    <PasswordInput
      label={authority === null ? 'Passphrase of its key' : 'Passphrase of the authority'}
      size="xs"
      w={220}
      value={passphrase}
      onChange={(event) => onPassphrase(event.currentTarget.value)}
      data-testid="authority-passphrase"
    />
  );
  if (authority === null) {
    return (
      <Card title="Authority of the site" note="not on this computer" testId="authority">
        <p className={css.quiet}>
          Make one here, once for the whole site; or trust a site CA above and have a request signed by it.
        </p>
        <form onSubmit={(event) => void init(event)}>
          <Group gap={8} align="end">
            <TextInput
              label="Name"
              required
              maxLength={64}
              placeholder="Acme SITE01 CA"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-testid="authority-name"
            />
            {secret}
            <Button type="submit" size="xs" loading={work.isBusy} data-testid="authority-init">
              Make the authority
            </Button>
          </Group>
        </form>
      </Card>
    );
  }
  return (
    <Card
      title="Authority of the site"
      note={`${authority.certificate.subject} · key ${authority.isKeyEncrypted ? 'encrypted' : 'not encrypted'}`}
      testId="authority"
    >
      <Group gap={8} align="end" mb={8}>
        {authority.isKeyEncrypted && secret}
        <CopyText text={authority.pem} label="Copy CA as PEM" testId="authority-copy" />
      </Group>
      <IssueForm work={work} passphrase={orNull(passphrase)} />
      <ul className={css.issued}>
        {authority.issued.map((entry) => (
          <Issued key={entry.serial} entry={entry} work={work} passphrase={orNull(passphrase)} nowMs={nowMs} />
        ))}
      </ul>
      {authority.revocationsEndMs !== null && (
        <p className={css.quiet}>Its list of revoked certificates counts until {day(authority.revocationsEndMs)}.</p>
      )}
    </Card>
  );
}

interface WorkProps {
  readonly work: CertificateWork;
  readonly passphrase: string | null;
}

function IssueForm({ work, passphrase }: WorkProps): ReactElement {
  const [host, setHost] = useState('');
  const isAddress = /^[0-9.]+$|:/.test(host);
  const issue = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const names = isAddress ? { dns: [], ip: [host] } : { dns: [host], ip: [] };
    await work.act((calls) => calls.issue({ purpose: 'broker', commonName: host, ...names, passphrase }));
  };
  return (
    <form onSubmit={(event) => void issue(event)}>
      <Group gap={8} align="end">
        <TextInput
          label="Broker’s host name or address"
          required
          maxLength={64}
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
          data-testid="issue-host"
        />
        <Button type="submit" size="xs" variant="default" loading={work.isBusy} data-testid="issue-broker">
          Issue for the broker
        </Button>
      </Group>
    </form>
  );
}

function Issued({
  entry,
  work,
  passphrase,
  nowMs,
}: WorkProps & { readonly entry: IssuedLine; readonly nowMs: number }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { serial, commonName, purpose, validToMs, revokedAtMs } = entry;
  const daysLeft = Math.max(0, Math.floor((validToMs - nowMs) / 86_400_000));
  const revoke = async (): Promise<void> => {
    setAsking(false);
    await work.act((calls) => calls.revoke({ serial, reason: 'superseded', passphrase }));
  };
  return (
    <li data-testid="issued">
      <span>
        {commonName}{' '}
        <span className={css.quiet}>
          for {purpose}, serial {serial.slice(0, 8)}…, ends {day(validToMs)}
        </span>
      </span>
      {revokedAtMs !== null && <span className={css.bad}>revoked {day(revokedAtMs)}</span>}
      {revokedAtMs === null && !isAsking && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Revoke ${commonName} ${serial.slice(0, 8)}`}
          onClick={() => setAsking(true)}
        >
          Revoke …
        </Button>
      )}
      {isAsking && (
        <span className={css.acts} role="alert">
          1 certificate with {daysLeft} days left will be refused by every broker that gets the new list. This cannot be
          taken back.
          <Button size="compact-xs" color="red" data-testid="revoke-now" onClick={() => void revoke()}>
            Revoke it
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setAsking(false)}>
            Keep it
          </Button>
        </span>
      )}
    </li>
  );
}
