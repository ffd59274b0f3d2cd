/**
 * A plant as fast as the library makes it, in a process of its own: `load-server.ts TAGS CHANGE_EVERY_MS FOLDER`.
 * Prints its endpoint as one JSON line. Each tag counts up; source times are those of the count.
 */
import { join } from 'node:path';
import { DataType, LogLevel, OPCUACertificateManager, OPCUAServer, setLogLevel, Variant } from 'node-opcua';
import { systemClock } from '../platform/clock.ts';
import { LOAD_NAMESPACE_URI, loadNodeName } from './load-nodes.ts';

/** Tags that change in one turn: the rest of the period belongs to the answers. */
const TURNS_PER_PERIOD = 10;

const [tagText = '', everyText = '', folder = ''] = process.argv.slice(2);
const tagCount = Number(tagText);
const changeEveryMs = Number(everyText);

setLogLevel(LogLevel.Emergency);
const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'pki'), disableFileWatchers: true });
await certificates.initialize();
const server = new OPCUAServer({
  port: 0,
  host: '127.0.0.1',
  hostname: '127.0.0.1',
  serverCertificateManager: certificates,
  serverCapabilities: { minSupportedSampleRate: 0, maxMonitoredItems: 1_000_000, maxMonitoredItemsPerSubscription: 0 },
});
await server.initialize();
const addressSpace = server.engine.addressSpace;
if (addressSpace === null) throw new Error('the load server has no address space');
const namespace = addressSpace.registerNamespace(LOAD_NAMESPACE_URI);
const parent = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: 'Load' });
const variables = Array.from({ length: tagCount }, (_unused, index) =>
  namespace.addVariable({
    componentOf: parent,
    browseName: loadNodeName(index),
    nodeId: `s=${loadNodeName(index)}`,
    dataType: DataType.Double,
    value: new Variant({ dataType: DataType.Double, value: 0 }),
  }),
);
await server.start();

let turn = 0;
systemClock.every(changeEveryMs / TURNS_PER_PERIOD, () => {
  const value = Math.floor(turn / TURNS_PER_PERIOD) + 1;
  for (let index = turn % TURNS_PER_PERIOD; index < tagCount; index += TURNS_PER_PERIOD) {
    variables[index]?.setValueFromSource({ dataType: DataType.Double, value });
  }
  turn += 1;
});
console.log(JSON.stringify({ endpointUrl: server.getEndpointUrl() }));
