import { z } from 'zod';

export const FilePath = z.string().min(1).describe('File path, relative to the site file.');

export const TlsFiles = z.strictObject({
  ca: FilePath.describe('PEM of the certificate authority that is trusted; no other is.'),
  cert: FilePath.optional().describe('PEM of the client certificate.'),
  key: FilePath.optional().describe('PEM of its private key.'),
  keyPassphraseFile: FilePath.optional().describe('Passphrase of an encrypted key; a file only its owner may read.'),
});
export type TlsFiles = z.infer<typeof TlsFiles>;

export const BrokerConfig = z
  .strictObject({
    url: z.string().regex(/^mqtts?:\/\/[^/@]+$/, 'is not mqtt://host:port or mqtts://host:port (no user name in it)'),
    tls: TlsFiles.optional(),
    userName: z.string().optional(),
    passwordFile: FilePath.optional(),
  })
  .refine((broker) => !broker.url.startsWith('mqtts:') || broker.tls !== undefined, {
    message: 'mqtts needs tls.ca: the file with the certificate authority of the broker',
    path: ['tls'],
  })
  .refine((broker) => (broker.tls?.cert === undefined) === (broker.tls?.key === undefined), {
    message: 'cert and key belong together: name both or none',
    path: ['tls'],
  });
export type BrokerConfig = z.infer<typeof BrokerConfig>;

export const OpcuaIdentity = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('anonymous') }),
  z.strictObject({ type: z.literal('user-name'), userName: z.string().min(1), passwordFile: FilePath }),
  z.strictObject({
    type: z.literal('certificate'),
    cert: FilePath,
    key: FilePath,
    keyPassphraseFile: FilePath.optional(),
  }),
]);
export type OpcuaIdentity = z.infer<typeof OpcuaIdentity>;

export const OpcuaServerConfig = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'may hold letters, digits, - and _ (at most 32)'),
    endpointUrl: z.string().regex(/^opc\.tcp:\/\/\S+$/, 'is not an endpoint URL such as opc.tcp://10.0.0.5:4840'),
    securityMode: z.enum(['None', 'Sign', 'SignAndEncrypt']).default('SignAndEncrypt'),
    securityPolicy: z
      .enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])
      .default('Basic256Sha256'),
    identity: OpcuaIdentity.default({ type: 'anonymous' }),
    publishingIntervalMs: z.number().int().min(10).max(60_000).default(250),
    bridgeBreakMs: z
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(5_000)
      .describe("A break of the network up to this long loses nothing: the server's queues are asked to hold it."),
  })
  .refine((server) => (server.securityMode === 'None') === (server.securityPolicy === 'None'), {
    message: 'mode None and policy None belong together: set both or neither',
    path: ['securityPolicy'],
  })
  .refine((server) => server.securityMode === 'SignAndEncrypt' || server.identity.type !== 'user-name', {
    message: 'a password needs an encrypted channel: use securityMode SignAndEncrypt',
    path: ['identity'],
  });
export type OpcuaServerConfig = z.infer<typeof OpcuaServerConfig>;
