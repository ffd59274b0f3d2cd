import type { HistorianConfig } from '../shared/config/connections.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import type { TlsTexts } from './config/read-secrets.ts';
import type { BrokerAddress } from './mqtt/broker-link.ts';

/** Everything the ingest stage needs, as plain data: it crosses into a worker thread. */
export interface IngestOptions {
  readonly site: SiteConfig;
  readonly brokers: readonly BrokerAddress[];
  readonly historian: {
    readonly url: HistorianConfig['url'];
    readonly password: string | undefined;
    readonly tls: TlsTexts | undefined;
  };
  /** File of the facts that outlive the process (STATE timestamps). */
  readonly settingFile: string;
  /** Where log lines go: 1 standard output, 2 standard error. */
  readonly logFd: 1 | 2;
}
