import { describe, expect, it } from 'vitest';
import { toHostAndPort, toPoolConfig } from './connection-options.ts';

describe('toPoolConfig', () => {
  it('takes the address apart and keeps an encoded name readable', () => {
    expect(toPoolConfig({ url: 'postgres://line%20side@db.plant:6432/history', password: 'secret' })).toMatchObject({
      host: 'db.plant',
      port: 6432,
      user: 'line side',
      database: 'history',
      password: 'secret',
    });
  });

  it('verifies the certificate, whatever the address says', () => {
    const tls = { ca: 'PEM' };
    expect(toPoolConfig({ url: 'postgres://a@b/c?sslmode=no-verify', tls }).ssl).toEqual({
      ca: 'PEM',
      rejectUnauthorized: true,
    });
    expect(toPoolConfig({ url: 'postgres://a@b/c?sslmode=require' }).ssl).toEqual({ rejectUnauthorized: true });
  });

  it('speaks plainly only when nothing asks for TLS', () => {
    expect(toPoolConfig({ url: 'postgres://a@b/c' })).not.toHaveProperty('ssl');
  });

  it('refuses what is not an address, without repeating it: it may hold a password', () => {
    expect(() => toPoolConfig({ url: 'postgres:secret' })).toThrow(/is not postgres:/);
    expect(() => toPoolConfig({ url: 'postgres:secret' })).not.toThrow(/secret/);
  });
});

it('reads IPv6 addresses without their brackets', () => {
  expect(toHostAndPort('postgres://a@[::1]/c')).toEqual({ host: '::1', port: 5432 });
});
