import { describe, expect, it } from 'vitest';
import { EngineError } from '../platform/engine-error.ts';
import { describeConnectFailure } from './connect-failure.ts';
import { describeSqlError, hasNoSession, isRetriable, isRowFault, sqlStateOf } from './sql-errors.ts';

const fromServer = (code: string): Error => Object.assign(new Error('said the server'), { code, severity: 'ERROR' });
const fromSocket = (code: string): Error => Object.assign(new Error('said the socket'), { code });

describe('isRetriable', () => {
  it.each(
    `08000 08001 08003 08004 08006 08P01 25006 25P03 25P04 40001 40003 40P01 53000 53100 53200 53300
     55006 55P03 57014 57P01 57P02 57P03 57P04 57P05 58030`.split(/\s+/),
  )('repeats after %s', (code) => {
    expect(isRetriable(fromServer(code))).toBe(true);
    expect(isRowFault(fromServer(code))).toBe(false);
  });

  it.each(['tuple concurrently updated', 'tuple concurrently deleted', 'could not open relation with OID 17202'])(
    'repeats after "%s": a policy has changed the chunk at the same moment',
    (text) => {
      expect(isRetriable(Object.assign(new Error(text), { code: 'XX000', severity: 'ERROR' }))).toBe(true);
    },
  );

  it.each(['22P02', '23505', '42P01', '42501', '28P01', '54000', '53400', '57000', 'XX000', 'XX001'])(
    'does not repeat after %s',
    (code) => {
      expect(isRetriable(fromServer(code))).toBe(false);
    },
  );

  it('repeats after socket errors, also when several addresses were tried', () => {
    expect(isRetriable(fromSocket('ECONNREFUSED'))).toBe(true);
    expect(isRetriable(new AggregateError([fromSocket('ECONNREFUSED'), fromSocket('ECONNREFUSED')]))).toBe(true);
  });

  it('repeats after a connection that ended under the driver, which gives no code', () => {
    expect(isRetriable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isRetriable(new Error('timeout exceeded when trying to connect'))).toBe(true);
  });

  it('does not repeat what is a fault of the program', () => {
    expect(isRetriable(new TypeError('x is not a function'))).toBe(false);
    expect(isRetriable(new EngineError('historian/write-refused', 'no table'))).toBe(false);
  });
});

describe('isRowFault', () => {
  it('cuts a batch that opens too many compressed rows, which would fail for ever as a whole', () => {
    expect(isRowFault(fromServer('53400'))).toBe(true);
  });

  it('blames rows for bad data and limits, not for a full disk or a missing table', () => {
    expect(['22P05', '22003', '23502', '54000'].map((code) => isRowFault(fromServer(code)))).toEqual(
      Array(4).fill(true),
    );
    expect(['53100', '42P01', '42501'].map((code) => isRowFault(fromServer(code)))).toEqual(Array(3).fill(false));
  });
});

it('takes EPIPE for a socket error, though it has the form of a SQLSTATE', () => {
  expect(sqlStateOf(fromSocket('EPIPE'))).toBeUndefined();
  expect(isRetriable(fromSocket('EPIPE'))).toBe(true);
});

it('knows a refused login from a refused statement', () => {
  expect(hasNoSession(fromServer('28P01'))).toBe(true);
  expect(hasNoSession(fromServer('42P01'))).toBe(false);
});

it('tells the first of several addresses that failed', () => {
  expect(describeSqlError(new AggregateError([new Error('connect ECONNREFUSED ::1:5432')]))).toContain('ECONNREFUSED');
});

describe('describeConnectFailure', () => {
  it.each([
    [fromSocket('ECONNREFUSED'), 'historian/unreachable'],
    [fromServer('28P01'), 'historian/login-refused'],
    [fromServer('28000'), 'historian/login-refused'],
    [fromServer('3D000'), 'historian/no-database'],
    [fromServer('53300'), 'historian/too-many-connections'],
    [fromServer('57P03'), 'historian/unavailable'],
    [fromSocket('SELF_SIGNED_CERT_IN_CHAIN'), 'historian/tls'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'historian/login-refused'],
    [new Error('The server does not support SSL connections'), 'historian/tls'],
  ])('names %s %s', (error, code) => {
    expect(describeConnectFailure(error).code).toBe(code);
    expect(describeConnectFailure(error).nextStep).not.toBe('');
  });
});
