import { writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { startEmbeddedHistorian } from '../demo/embedded-historian.ts';
import { openHistorian } from '../historian/open-historian.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { describeHistorianSchema } from './historian-schema.ts';

// `npm run historian:dump`: writes what the migrations make of an empty database; a test compares it.
const file = new URL('../historian/schema.txt', import.meta.url);
const server = await startEmbeddedHistorian();
const historian = openHistorian({ url: server.url, maxConnections: 2, clock: systemClock, log: silentLog });
await historian.migrate();
await historian.maintain();
const client = new Client({ connectionString: server.url });
await client.connect();
writeFileSync(file, await describeHistorianSchema(client));
await client.end();
await historian.close();
await server.close();
