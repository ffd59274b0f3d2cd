import { describe, expect, it } from 'vitest';
import { adviseUrl, parseEndpointUrl } from './usable-url.ts';

const knows =
  (...hosts: string[]) =>
  async (host: string): Promise<boolean> =>
    hosts.includes(host);

describe('the URL a server tells of itself', () => {
  it.each([
    ['opc.tcp://plc:4840/path', 'opc.tcp://10.0.0.5:4840', 'opc.tcp://10.0.0.5:4840/path', 'cannot be resolved'],
    ['opc.tcp://plc:48010', 'opc.tcp://[fe80::1]:4840', 'opc.tcp://[fe80::1]:48010', 'cannot be resolved'],
    ['opc.tcp://localhost:4840', 'opc.tcp://10.0.0.5:4840', 'opc.tcp://10.0.0.5:4840', 'its own computer localhost'],
    ['opc.tcp://0.0.0.0:4840', 'opc.tcp://scada:4840', 'opc.tcp://scada:4840', 'its own computer 0.0.0.0'],
  ])('%s, reached at %s, is used as %s', async (url, reached, usableUrl, hint) => {
    expect(await adviseUrl(url, reached, knows())).toEqual({ usableUrl, urlHint: expect.stringContaining(hint) });
  });

  it.each([
    ['opc.tcp://plc:4840', 'opc.tcp://10.0.0.5:4840'],
    ['opc.tcp://10.0.0.6:4840', 'opc.tcp://10.0.0.5:4840'],
    ['opc.tcp://localhost:4841', 'opc.tcp://127.0.0.1:4840'],
    ['opc.tcp://scada:4841', 'opc.tcp://scada:4840'],
  ])('%s, reached at %s, stays as it is', async (url, reached) => {
    expect(await adviseUrl(url, reached, knows('plc', 'localhost'))).toEqual({ usableUrl: url, urlHint: null });
  });

  it('of another kind is shown, not changed', async () => {
    const url = 'https://plc:443';
    expect(await adviseUrl(url, 'opc.tcp://10.0.0.5:4840', knows())).toMatchObject({
      usableUrl: url,
      urlHint: 'this is no opc.tcp URL',
    });
  });
});

describe('the URL to ask', () => {
  it.each(['10.0.0.5:4840', 'http://10.0.0.5', 'opc.tcp://', 'opc.tcp:///x', 'opc.tcp://a b', ''])(
    'is refused when it is %s',
    (url) => {
      expect(() => parseEndpointUrl(url)).toThrow(expect.objectContaining({ code: 'opcua/url-invalid' }));
    },
  );
});
