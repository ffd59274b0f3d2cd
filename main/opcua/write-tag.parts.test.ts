import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, VariantArrayType } from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Datatype, isArrayDatatype, type MetricValue, type TagId } from '../../shared/domain/metric.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { startValueServer, VALUE_NAMESPACE, type ValueNode, type ValueServer } from '../testing/value-server.ts';
import { bareSourceOptions } from './bare-server-fixture.ts';
import { type ObservedSource, observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';

type Written = Exclude<MetricValue, null>;

const words = (value: bigint): number[] => [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
const GUID = '72962b91-fa75-4ae6-8d28-b404dc7daf63';

interface Case extends ValueNode {
  readonly datatype: Datatype;
  readonly first: unknown;
  readonly writes: readonly Written[];
}
const one = (datatype: Datatype, dataType: DataType, first: unknown, ...writes: Written[]): Case => ({
  name: `${DataType[dataType]} as ${datatype}`,
  datatype,
  dataType,
  arrayType: isArrayDatatype(datatype) ? VariantArrayType.Array : VariantArrayType.Scalar,
  first,
  writes,
});

/** Every type at its limits, in the node's own type; 64 bits and wider or narrower nodes than the tag among them. */
const CASES: readonly Case[] = [
  one('Int8', DataType.SByte, 0, -128, 127),
  one('UInt8', DataType.Byte, 0, 255),
  one('Int16', DataType.Int16, 0, -32_768),
  one('UInt16', DataType.UInt16, 0, 65_535),
  one('Int32', DataType.Int32, 0, -(2 ** 31)),
  one('UInt32', DataType.UInt32, 0, 2 ** 32 - 1),
  one('Int64', DataType.Int64, words(0n), -(2n ** 63n), 2n ** 53n + 1n, -1n),
  one('UInt64', DataType.UInt64, words(0n), 2n ** 64n - 1n),
  one('Int64', DataType.Int32, 0, -5n),
  one('Int32', DataType.Double, 0, 7),
  one('Double', DataType.Int16, 0, -3),
  one('Double', DataType.UInt64, words(0n), 2 ** 40),
  one('Float', DataType.Float, 0, Math.fround(0.1)),
  one('Double', DataType.Double, 0, 5e-324, -0, Number.NaN),
  one('Double', DataType.Float, 0, 0.5),
  one('Boolean', DataType.Boolean, false, true),
  one('String', DataType.String, '', 'Läuft 🏭'),
  one('Text', DataType.LocalizedText, { text: 'a', locale: 'de' }, 'Läuft'),
  one('String', DataType.QualifiedName, { name: 'a', namespaceIndex: 1 }, 'Execute'),
  one('UUID', DataType.Guid, GUID.replaceAll('7', '0'), GUID),
  one('DateTime', DataType.DateTime, new Date(0), 1_700_000_000_123, -1),
  one('Bytes', DataType.ByteString, Buffer.from([1]), Uint8Array.of(0, 255)),
  one('UInt8Array', DataType.Byte, [1], [0, 255]),
  one('Int16Array', DataType.Int16, [1], [-1, 2, 3], []),
  one('Int64Array', DataType.Int64, [words(1n)], [-1n, 2n ** 62n]),
  one('FloatArray', DataType.Float, [1], [0.5, -0]),
  one('BooleanArray', DataType.Boolean, [true], [false, true]),
  one('StringArray', DataType.String, ['a'], ['', 'Läuft 🏭']),
  one('StringArray', DataType.LocalizedText, [{ text: 'a' }], ['b', 'c']),
  one('DateTimeArray', DataType.DateTime, [new Date(0)], [1, 2]),
];
const CLAMPED = { ...one('Double', DataType.Double, 10), name: 'clamped', clamp: { least: 0, most: 100 } };
const READ_ONLY = { ...one('Double', DataType.Double, 10), name: 'read-only', isReadOnly: true };
const NARROW = { ...one('Int32', DataType.Byte, 10), name: 'narrow' };
const STUCK = { ...one('Double', DataType.Double, 10), name: 'stuck', isStuck: true };
const NODES: readonly Case[] = [...CASES, CLAMPED, READ_ONLY, NARROW, STUCK];
const tagId = (name: string): TagId => `Press.${name}` as TagId;

describe('writing into a real server', () => {
  const lifetime = new Lifetime();
  let server: ValueServer;
  let source: OpcuaSource;
  let observed: ObservedSource;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lineside-write-'));
    lifetime.own('folder', () => rm(folder, { recursive: true, force: true }));
    server = await startValueServer(NODES);
    lifetime.own('server', () => server.close());
    for (const { name, first } of NODES) server.set(name, first, Date.now() - 60_000);
    const tags = NODES.map(({ name, datatype }) => ({
      tagId: tagId(name),
      node: `nsu=${VALUE_NAMESPACE};s=${name}`,
      datatype,
      samplingIntervalMs: 50,
      queueSize: 10,
      isExempt: false,
      ...(name === 'clamped' ? { deadbandAbsolute: 1_000 } : {}),
    }));
    source = createOpcuaSource(bareSourceOptions(server.endpointUrl, folder, tags));
    lifetime.own('source', () => source.stop());
    observed = observeSource(source);
    source.start();
    await observed.state((state) => state.phase === 'connected');
  }, 60_000);
  afterAll(() => lifetime.end());

  /** Writes, and waits for what the node is read to have afterwards. */
  async function write(name: string, value: Written) {
    const told = observed.nextSample((sample) => sample.tagId === tagId(name) && sample.isReadBack === true);
    return { result: await source.write(tagId(name), value), told: (await told).value };
  }

  it.each(CASES)('$name is written in the type of the node and read back as it was meant', async ({ name, writes }) => {
    for (const value of writes) {
      const { result, told } = await write(name, value);
      expect(result).toEqual({ phase: 'written', status: 'Good' });
      expect(told).toStrictEqual(value);
    }
  });

  it('keeps the locale of a localized text', () => {
    expect(server.get('LocalizedText as Text')).toMatchObject({ text: 'Läuft', locale: 'de' });
  });

  it('tells what the device made of the value, also where the deadband of the subscription would not', async () => {
    expect(await write('clamped', 150)).toEqual({ result: { phase: 'written', status: 'Good' }, told: 100 });
  });

  it('names the status with which the server refuses, and the value stays', async () => {
    const { result, told } = await write('read-only', 99);
    expect(result).toMatchObject({
      phase: 'failed',
      status: expect.stringMatching(/^Bad(NotWritable|UserAccessDenied)$/),
    });
    expect([told, server.get('read-only')]).toEqual([10, 10]);
  });

  it('never sends what the node cannot hold', async () => {
    expect(await source.write(tagId('narrow'), 256)).toMatchObject({ phase: 'refused', reason: 'out-of-range' });
    expect(await source.write(tagId('narrow'), -1)).toMatchObject({ phase: 'refused', reason: 'out-of-range' });
    expect(await source.write(tagId('Float as Float'), 1e39)).toMatchObject({ reason: 'out-of-range' });
    expect(await source.write(tagId('Boolean as Boolean'), 1)).toMatchObject({ reason: 'wrong-type' });
    expect(await source.write(tagId('Int16 as Int16Array'), 1)).toMatchObject({ reason: 'wrong-type' });
    expect(server.get('narrow')).toBe(10);
    expect(await source.write(tagId('nothing'), 1)).toMatchObject({ phase: 'failed', status: 'BadNodeIdUnknown' });
  });

  it('keeps the order of what is written to one tag', async () => {
    const name = 'UInt32 as UInt32';
    const values = Array.from({ length: 20 }, (_item, index) => index + 1);
    const told: unknown[] = [];
    const stop = source.onSamples((samples) => {
      for (const sample of samples) if (sample.tagId === tagId(name) && sample.isReadBack) told.push(sample.value);
    });
    await Promise.all(values.map((value) => source.write(tagId(name), value)));
    stop();
    expect(told).toEqual(values);
    expect(server.get(name)).toBe(20);
  });

  it('gives up a write that is not answered, tells what the node has, and holds up no other tag', async () => {
    const stuck = write('stuck', 99);
    expect((await write('Int32 as Int32', 5)).told).toBe(5);
    expect(await stuck).toMatchObject({ result: { phase: 'failed', status: 'BadTimeout' }, told: 10 });
  }, 20_000);

  it('refuses while the server is away', async () => {
    const idle = createOpcuaSource(bareSourceOptions(server.endpointUrl, tmpdir(), []));
    expect(await idle.write(tagId('narrow'), 1)).toMatchObject({ phase: 'refused', reason: 'server-away' });
  });
});
