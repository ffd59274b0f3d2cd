import { describe, expect, it } from 'vitest';
import { LinkPulse } from './link-pulse.ts';

const ticks = (pulse: LinkPulse, count: number): string[] => Array.from({ length: count }, () => pulse.tick());

describe('the pulse of a link', () => {
  it('wants a PINGREQ at every second tick and finds a silent link after five', () => {
    expect(ticks(new LinkPulse(), 6)).toEqual(['nothing', 'ping', 'nothing', 'ping', 'silent', 'silent']);
  });

  it('lives as long as packets come', () => {
    const pulse = new LinkPulse();
    for (let n = 0; n < 100; n += 1) {
      expect(pulse.tick()).toBe(n % 2 === 0 ? 'nothing' : 'ping');
      pulse.packetReceived(false);
    }
  });

  it('finds a broker that sends messages but answers no PINGREQ', () => {
    const pulse = new LinkPulse();
    pulse.pingSent();
    const verdicts = Array.from({ length: 13 }, () => {
      pulse.packetReceived(false);
      return pulse.tick();
    });
    expect(verdicts.indexOf('unanswered')).toBe(12);
  });

  it('pairs answers with questions in their order, ours and those of the watch', () => {
    const pulse = new LinkPulse();
    const answered: string[] = [];
    pulse.pingSent(() => answered.push('first'));
    pulse.pingSent();
    pulse.pingSent(() => answered.push('second'));
    pulse.packetReceived(true);
    pulse.packetReceived(true);
    expect(answered).toEqual(['first']);
    pulse.packetReceived(true);
    expect(answered).toEqual(['first', 'second']);
    expect(pulse.tick()).not.toBe('unpaired');
  });

  it('does not trust a broker that has answered more pings than were sent', () => {
    const pulse = new LinkPulse();
    pulse.pingSent();
    pulse.packetReceived(true);
    expect(pulse.tick()).toBe('nothing');
    pulse.packetReceived(true);
    expect(pulse.tick()).toBe('unpaired');
  });
});
