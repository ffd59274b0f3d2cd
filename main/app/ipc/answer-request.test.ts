import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PageQuery } from '../../../shared/domain/listings.ts';
import { request } from '../../../shared/ipc/define.ts';
import { EngineError } from '../../platform/engine-error.ts';
import { silentLog } from '../../platform/log.ts';
import { answerRequest, type IncomingRequest, isTrustedSender } from './answer-request.ts';

const ORIGIN = 'app://lineside';
const page: IncomingRequest = {
  channel: 'lineside:queue.page',
  call: request(PageQuery, z.object({ rowCount: z.number() })),
  senderUrl: 'app://lineside/index.html#/queue',
  input: { fromIndex: 0, maxRows: 10 },
  handle: () => Promise.resolve({ rowCount: 3 }),
};
const ask = (changes: Partial<IncomingRequest>) => answerRequest({ ...page, ...changes }, ORIGIN, silentLog);

describe('isTrustedSender', () => {
  it('accepts pages of our own origin and nothing that only looks like it', () => {
    expect(isTrustedSender('app://lineside/index.html#/oee', ORIGIN)).toBe(true);
    for (const url of [
      'app://lineside.evil/index.html',
      'app://evil/app://lineside/',
      'app://user@lineside/',
      'https://lineside/',
      'file:///lineside/index.html',
      'data:text/html,app://lineside/',
      'about:blank',
      '',
      null,
    ])
      expect(isTrustedSender(url, ORIGIN), String(url)).toBe(false);
  });
});

describe('answerRequest', () => {
  it('hands parsed input to the handler and answers its value', async () => {
    let seen: unknown;
    const answer = await ask({
      handle: (input) => {
        seen = input;
        return { rowCount: 7 };
      },
    });
    expect(seen).toEqual({ fromIndex: 0, maxRows: 10, search: '' });
    expect(answer).toEqual({ ok: true, value: { rowCount: 7 } });
  });

  it('does not reach the handler from a foreign frame', async () => {
    let isReached = false;
    const answer = await ask({ senderUrl: 'https://example.org/', handle: () => (isReached = true) });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'ipc/foreign-frame' } });
    expect(isReached).toBe(false);
  });

  it.each([
    ['more rows than a page may have', { fromIndex: 0, maxRows: 1e9 }],
    ['a negative index', { fromIndex: -1, maxRows: 1 }],
    ['an unknown key', { fromIndex: 0, maxRows: 1, sql: 'drop table' }],
    ['a polluted prototype', JSON.parse('{"fromIndex":0,"maxRows":1,"__proto__":{"isAdmin":true}}')],
    ['a very long search', { fromIndex: 0, maxRows: 1, search: 'x'.repeat(1_000_000) }],
    ['no input', undefined],
  ])('refuses %s', async (_what, input: unknown) => {
    expect(await ask({ input })).toMatchObject({ ok: false, failure: { code: 'ipc/bad-input' } });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('answers with the code and sentence of an expected failure', async () => {
    const handle = () => Promise.reject(new EngineError('buffer/locked', 'The buffer file is in use.'));
    expect(await ask({ handle })).toEqual({
      ok: false,
      failure: { code: 'buffer/locked', text: 'The buffer file is in use.' },
    });
  });

  it('keeps path and stack of an unexpected failure out of the window', async () => {
    const handle = () => Promise.reject(new Error('ENOENT /home/plant/.secret'));
    const answer = await ask({ handle });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'ipc/unexpected' } });
    expect(JSON.stringify(answer)).not.toContain('plant');
  });

  it('does not pass on an answer that breaks the contract', async () => {
    expect(await ask({ handle: () => ({ rowCount: 'many' }) })).toMatchObject({
      ok: false,
      failure: { code: 'ipc/bad-output' },
    });
  });
});
