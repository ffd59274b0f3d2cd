import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, type Namespace, StatusCodes, type UAVariable, VariantArrayType } from 'node-opcua';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sample } from '../../shared/domain/metric.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { Lifetime } from '../platform/lifetime.ts';
import {
  BARE_NAMESPACE,
  type BareServer,
  bareSourceOptions,
  rampTagId,
  rampTags,
  startBareServer,
} from './bare-server-fixture.ts';
import { type ObservedSource, observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';

const YEAR_MS = 365 * 86_400_000;
const UINT32 = { dataType: DataType.UInt32, value: 5 };
let folder: string;
let lifetime: Lifetime;
let bare: BareServer;
let source: OpcuaSource;
let observed: ObservedSource;
/** Fires the retry of refused tags. */
let retry: () => void;

/** Time is the system's; only the long wait before refused tags are tried again is the test's. */
const clock: Clock = {
  ...systemClock,
  every(periodMs, action) {
    if (periodMs < 10_000) return systemClock.every(periodMs, action);
    retry = action;
    return () => {};
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-odd-'));
});
beforeEach(async () => {
  lifetime = new Lifetime();
  bare = await startBareServer({ folder, rampCount: 2 });
  lifetime.own('server', () => bare.close());
  source = createOpcuaSource({ ...bareSourceOptions(bare.endpointUrl, folder, rampTags(2)), clock });
  lifetime.own('source', () => source.stop());
  observed = observeSource(source);
  const told = observed.nextSample(({ tagId }) => tagId === rampTagId(1));
  source.start();
  await Promise.all([told, observed.state((state) => state.phase === 'connected')]);
});
afterEach(() => lifetime.end());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Sets the first ramp by `set` and gives what the source tells of it. */
async function tellAfter(set: (ramp: UAVariable) => void): Promise<Sample> {
  const told = observed.nextSample(({ tagId }) => tagId === rampTagId(0));
  set(bare.ramps[0]!);
  return told;
}

describe('odd values of a server', () => {
  it('keeps the value, the quality and the status of bad and uncertain values', async () => {
    const uncertain = await tellAfter((ramp) =>
      ramp.setValueFromSource(UINT32, StatusCodes.UncertainLastUsableValue, new Date()),
    );
    expect(uncertain).toMatchObject({ value: 5, quality: 'uncertain', statusCode: 0x40900000 });
    const bad = await tellAfter((ramp) =>
      ramp.setValueFromSource({ dataType: DataType.Null }, StatusCodes.BadDeviceFailure, new Date()),
    );
    expect(bad).toMatchObject({ value: null, quality: 'bad', statusCode: 0x808b0000 });
    expect(source.snapshot().badTags).toEqual([{ tagId: rampTagId(0), reason: 'BadDeviceFailure' }]);
  });

  it.each([
    ['1970', 0],
    ['in ten years', Date.now() + 10 * YEAR_MS],
  ])('keeps a value whose device believes it is %s, and tells so', async (_name, timeMs) => {
    const told = await tellAfter((ramp) => ramp.setValueFromSource(UINT32, StatusCodes.Good, new Date(timeMs)));
    expect(told).toMatchObject({ value: 5, quality: 'good', sourceTimestampMs: timeMs, hasSourceTime: true });
    expect(source.snapshot()).toMatchObject({ oddTimeCount: 1, goodCount: 2, badCount: 0 });
    await tellAfter((ramp) => ramp.setValueFromSource({ ...UINT32, value: 6 }, StatusCodes.Good, new Date()));
    expect(source.snapshot().oddTimeCount).toBe(0);
  });

  it('gives a value without any time the time at which it came', async () => {
    const fromMs = Date.now();
    const told = await tellAfter((ramp) => {
      const dataValue = ramp.readValue().clone();
      dataValue.value.value = 9;
      dataValue.sourceTimestamp = null;
      dataValue.serverTimestamp = null;
      ramp.emit('value_changed', dataValue);
    });
    expect(told).toMatchObject({ value: 9, quality: 'good', hasSourceTime: false });
    // The library rounds the clock in its own way: a time of today is meant, not of 1601.
    expect(Math.abs(told.sourceTimestampMs - fromMs)).toBeLessThan(60_000);
  });

  it('reports an array where a scalar is configured, and another type, and takes the right one again', async () => {
    const array = { dataType: DataType.UInt32, arrayType: VariantArrayType.Array, value: new Uint32Array([1, 2]) };
    const text = { dataType: DataType.String, value: 'five' };
    for (const [variant, reason] of [
      [array, 'the value is an array, configured is UInt32'],
      [text, 'the value has another datatype, configured is UInt32'],
    ] as const) {
      const told = await tellAfter((ramp) => {
        const dataValue = ramp.readValue().clone();
        Object.assign(dataValue.value, { arrayType: VariantArrayType.Scalar, ...variant });
        dataValue.sourceTimestamp = new Date();
        ramp.emit('value_changed', dataValue);
      });
      expect(told).toMatchObject({ value: null, quality: 'bad', statusCode: 0x80740000 });
      expect(source.snapshot().badTags).toEqual([{ tagId: rampTagId(0), reason }]);
    }
    await tellAfter((ramp) => ramp.setValueFromSource(UINT32, StatusCodes.Good, new Date()));
    expect(source.snapshot()).toMatchObject({ goodCount: 2, badCount: 0 });
  });

  it('reports a node that is removed, and watches it again when it is back', async () => {
    const { addressSpace } = bare.server.engine;
    const told = observed.nextSample(({ quality }) => quality === 'bad');
    const { nodeId } = bare.ramps[0]!;
    addressSpace!.deleteNode(nodeId);
    expect(await told).toMatchObject({ tagId: rampTagId(0), value: null });
    expect(source.snapshot()).toMatchObject({ goodCount: 1, badCount: 1 });
    const back = observed.nextSample(({ tagId, value }) => tagId === rampTagId(0) && value === 77);
    const namespace = addressSpace!.getNamespace(BARE_NAMESPACE) as Namespace;
    namespace.addVariable({
      organizedBy: addressSpace!.rootFolder.objects,
      browseName: 'Back',
      nodeId: `s=${rampTagId(0)}`,
      dataType: DataType.UInt32,
      value: { dataType: DataType.UInt32, value: 77 },
    });
    retry();
    await back;
    expect(source.snapshot()).toMatchObject({ goodCount: 2, badCount: 0 });
  });
});
