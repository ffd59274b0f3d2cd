import { describe, expect, it } from 'vitest';
import type { SiteChangeResult } from '../../../shared/domain/site-change.ts';
import { toImpactText } from './impact-text.ts';

const NONE: SiteChangeResult = {
  phase: 'planned',
  siteFile: 'site.yaml',
  changes: [],
  devices: [],
  leavingRowCount: 0,
  refused: [],
  waitingServers: [],
};

describe('what applying would mean', () => {
  it('counts the births and deaths of devices and says that the node stays', () => {
    expect(toImpactText(NONE)).toBe('no message to any host; node stays up.');
    expect(toImpactText({ ...NONE, devices: [{ deviceId: 'Filler', message: 'DBIRTH', metricCount: 214 }] })).toBe(
      'DBIRTH for 1 device, 214 metrics; node stays up.',
    );
  });

  it('names what waits for a restart and what is set aside', () => {
    const text = toImpactText({
      ...NONE,
      changes: [{ kind: 'needs-restart', field: 'brokers', why: 'x' }],
      leavingRowCount: 3,
    });
    expect(text).toContain('At most 3 waiting rows');
    expect(text).toContain('next start of the gateway brings: brokers');
  });
});
