/**
 * A server whose machines tell what a test gives them, with the source times it gives, and an empty historian, in a
 * process of their own. Words: the folder of the historian, then the ids of the machines. Prints one line of JSON
 * with the addresses; then, for each line `[[node, value, sourceTimeMs], …]` of standard input, gives the nodes these
 * values in this order and answers with an empty object.
 */
import { createInterface } from 'node:readline';
import { DataType, VariantArrayType } from 'node-opcua';
import { startEmbeddedHistorian } from '../../demo/embedded-historian.ts';
import { startValueServer, VALUE_NAMESPACE } from '../value-server.ts';

/** What every machine tells, by the end of its node's name. */
const NODES: Readonly<Record<string, DataType>> = {
  State: DataType.String,
  StopReason: DataType.String,
  Product: DataType.String,
  Starved: DataType.Boolean,
  Blocked: DataType.Boolean,
  Total: DataType.UInt32,
  Good: DataType.UInt32,
  Reject: DataType.UInt32,
};

const [dataFolder = '', ...machineIds] = process.argv.slice(2);
const historian = await startEmbeddedHistorian({ dataFolder });
const server = await startValueServer(
  machineIds.flatMap((id) =>
    Object.entries(NODES).map(([name, dataType]) => ({
      name: `${id}.${name}`,
      dataType,
      arrayType: VariantArrayType.Scalar,
    })),
  ),
);
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const values = JSON.parse(line) as [string, unknown, number][];
  for (const [node, value, sourceTimeMs] of values) server.set(node, value, sourceTimeMs);
  process.stdout.write('{}\n');
});
const facts = { endpointUrl: server.endpointUrl, namespace: VALUE_NAMESPACE, historianUrl: historian.url };
process.stdout.write(`${JSON.stringify(facts)}\n`);
process.once('SIGTERM', () => {
  input.close();
  void Promise.allSettled([server.close(), historian.close()]).then(() => process.exit(0));
});
