import { describe, expect, it } from 'vitest';
import { createJsonLog } from './json-log.ts';

function writeWith(facts: Readonly<Record<string, unknown>>): string {
  let written = '';
  createJsonLog({ write: (line: string) => void (written += line) })
    .scope('mqtt')
    .warn('no connection', facts);
  return written;
}

describe('createJsonLog', () => {
  it('says no key twice, whatever the facts are called', () => {
    const line = writeWith({ code: 'mqtt/refused', text: 'the reason', stage: 'x', level: 'y', time: 'z' });
    for (const key of ['time', 'level', 'stage', 'text']) expect(line.split(`"${key}":`)).toHaveLength(2);
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      stage: 'mqtt',
      text: 'no connection',
      code: 'mqtt/refused',
      detail: 'the reason',
    });
  });

  it('masks what could be a secret', () => {
    expect(writeWith({ password: 'hush', broker: { password: 'hush' } })).not.toContain('hush');
  });
});
