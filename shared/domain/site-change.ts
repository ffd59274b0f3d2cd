import { z } from 'zod';

/** One difference between the site that runs and a site file, and what becomes of it while the gateway runs. */
export const SiteChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tag-added'), machineId: z.string(), metricName: z.string() }),
  z.object({ kind: z.literal('tag-removed'), machineId: z.string(), metricName: z.string() }),
  z.object({
    kind: z.literal('tag-changed'),
    machineId: z.string(),
    metricName: z.string(),
    fields: z.array(z.string()).describe('As the site file names them.'),
    isReborn: z.boolean().describe('False: it changes in place, and no host is told.'),
  }),
  z.object({ kind: z.literal('machine-added'), machineId: z.string(), tagCount: z.number() }),
  z.object({ kind: z.literal('machine-removed'), machineId: z.string(), tagCount: z.number() }),
  /** Its values come from another server from now on. */
  z.object({
    kind: z.literal('machine-moved'),
    machineId: z.string(),
    serverId: z.string(),
    tagCount: z.number(),
  }),
  z.object({ kind: z.literal('server-added'), serverId: z.string(), endpointUrl: z.string() }),
  /** Its session is closed. */
  z.object({ kind: z.literal('server-removed'), serverId: z.string(), endpointUrl: z.string() }),
  /** Its session is closed and another one opened; its machines are unobserved in between. */
  z.object({
    kind: z.literal('server-changed'),
    serverId: z.string(),
    fields: z.array(z.string()).describe('As the site file names them.'),
    machineIds: z.array(z.string()).describe('Those that stay on it.'),
  }),
  /** What the running gateway leaves as it is. */
  z.object({ kind: z.literal('needs-restart'), field: z.string(), why: z.string() }),
]);
export type SiteChange = z.infer<typeof SiteChange>;

/** The one message that a host gets of a device for all changes to it. */
export const DeviceImpact = z.object({
  deviceId: z.string(),
  message: z.enum(['DBIRTH', 'DDEATH']),
  metricCount: z.number().describe('In the birth, Connection/Online included; 0 in a death.'),
});
export type DeviceImpact = z.infer<typeof DeviceImpact>;

/** What applying a site file to a running gateway means, or meant. */
export const SiteChangeResult = z.object({
  phase: z.enum(['planned', 'applied', 'unchanged']),
  siteFile: z.string().describe('The file that the gateway starts with.'),
  changes: z.array(SiteChange),
  devices: z.array(DeviceImpact),
  /**
   * Rows that wait in the buffer, at most, of metrics that no birth holds any more or with another datatype. What the
   * broker does not take before the change is set aside, by name.
   */
  leavingRowCount: z.number(),
  /** New or changed tags that their server does not let us watch; they are tried again as at a start. */
  refused: z.array(z.object({ tagId: z.string(), reason: z.string() })),
  /** Servers that could not be told now; they get the change at their next connect. */
  waitingServers: z.array(z.string()),
});
export type SiteChangeResult = z.infer<typeof SiteChangeResult>;

/** Who asked for a change, as the caller says it: its user, or the signal. */
export const ChangeAuthor = z.strictObject({
  user: z.string().max(200),
  /** Undefined where the system has none. */
  uid: z.number().int().optional(),
  via: z.enum(['command', 'signal', 'window']),
});
export type ChangeAuthor = z.infer<typeof ChangeAuthor>;
