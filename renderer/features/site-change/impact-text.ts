import type { SiteChangeResult } from '../../../shared/domain/site-change.ts';
import { plural } from '../../components/number-text.ts';

/** What applying means, in one line: `DBIRTH for 1 device, 214 metrics; node stays up.` */
export function toImpactText({ changes, devices, leavingRowCount }: SiteChangeResult): string {
  const births = devices.filter(({ message }) => message === 'DBIRTH');
  const deaths = devices.filter(({ message }) => message === 'DDEATH');
  const metricCount = births.reduce((sum, device) => sum + device.metricCount, 0);
  const messages = [
    births.length === 0 ? '' : `DBIRTH for ${plural(births.length, 'device')}, ${plural(metricCount, 'metric')}`,
    deaths.length === 0 ? '' : `DDEATH for ${plural(deaths.length, 'device')}`,
  ].filter(Boolean);
  const restart = changes.flatMap((change) => (change.kind === 'needs-restart' ? [change.field] : []));
  return [
    `${messages.length === 0 ? 'no message to any host' : messages.join(', ')}; node stays up.`,
    leavingRowCount === 0 ? '' : `At most ${plural(leavingRowCount, 'waiting row')} of what goes are set aside.`,
    restart.length === 0 ? '' : `Only the next start of the gateway brings: ${restart.join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
