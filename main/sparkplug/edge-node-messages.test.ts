import { describe, expect, it } from 'vitest';
import { born, change, payloadOf } from '../testing/edge-node-fixture.ts';
import { decodePayload } from './decode-payload.ts';

describe('messages of an edge node', () => {
  it('begins with NBIRTH and the DBIRTHs of the devices that are online, seq 0, 1, 2', async () => {
    const { broker, taken } = await born();
    expect(taken()).toEqual(['NBIRTH/line', 'DBIRTH/line/press', 'DBIRTH/line/oven']);
    expect(broker.taken.map((message) => payloadOf(message).seq)).toEqual([0, 1, 2]);
    expect(broker.taken.every(({ qos, retain }) => qos === 0 && !retain)).toBe(true);
    const [birth, press, oven] = broker.taken.map(payloadOf);
    // In the order of their time: the value of `load` is older than the birth.
    expect(birth?.metrics.map(({ name, alias, datatype }) => ({ name, alias, datatype }))).toEqual([
      { name: 'load', alias: 1, datatype: 10 },
      { name: 'bdSeq', alias: undefined, datatype: 4 },
      { name: 'Node Control/Rebirth', alias: undefined, datatype: 11 },
    ]);
    expect([press, oven].flatMap((payload) => payload?.metrics.map(({ name, alias }) => [name, alias]))).toEqual([
      ['speed', 2],
      ['count', 3],
      ['speed', 4],
    ]);
  });

  it('carries a Will with exactly bdSeq, QoS 1, without seq (tck-id-topics-ndeath-payload)', async () => {
    const { broker } = await born();
    const will = broker.connects[0]!.will;
    expect(will).toMatchObject({ topic: 'spBv1.0/plant/NDEATH/line', qos: 1, retain: false });
    const death = decodePayload(will.payload as Uint8Array);
    expect(death).toMatchObject({ kind: 'ok', payload: { seq: undefined } });
    const metrics = death.kind === 'ok' ? death.payload.metrics : [];
    expect(metrics.map(({ name, wireKind, wireValue }) => ({ name, wireKind, wireValue }))).toEqual([
      { name: 'bdSeq', wireKind: 'long', wireValue: 0n },
    ]);
  });

  it('groups rows by device, aliases only, each message with the next seq', async () => {
    const { broker, runner, taken } = await born();
    const rows = [
      change('press', 'speed', 5),
      change('oven', 'speed', 6),
      change(null, 'load', 7),
      change('press', 'count', 8),
    ];
    expect((await runner.send(rows, false)).notTaken).toEqual([]);
    expect(taken(3)).toEqual(['DDATA/line/press', 'DDATA/line/oven', 'NDATA/line']);
    const payloads = broker.taken.slice(3).map(payloadOf);
    expect(payloads.map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(payloads.map(({ metrics }) => metrics.map(({ alias, timestampMs }) => [alias, timestampMs]))).toEqual([
      [
        [2, 5],
        [3, 8],
      ],
      [[4, 6]],
      [[1, 7]],
    ]);
    expect(
      payloads.flatMap(({ metrics }) => metrics).every((m) => m.name === undefined && m.datatype === undefined),
    ).toBe(true);
  });

  it('gives back, as the same objects, the rows whose device is not born', async () => {
    const { runner, taken } = await born();
    const rows = [
      { ...change('robot', 'speed', 1), rowId: 1 },
      { ...change('oven', 'speed', 2), rowId: 2 },
    ];
    const { notTaken: back, poisoned } = await runner.send(rows, false);
    expect(back).toHaveLength(1);
    expect(back[0]).toBe(rows[0]);
    expect(poisoned).toEqual([]);
    expect(taken(3)).toEqual(['DDATA/line/oven']);
  });

  it('says of rows that no birth will ever cover why they cannot be sent', async () => {
    const { runner, taken } = await born();
    const rows = [
      { ...change('crane', 'speed', 1), rowId: 1 },
      { ...change('press', 'unknown', 2), rowId: 2 },
      { ...change('press', 'speed', 3), rowId: 3 },
      { ...change('press', 'speed', 4), datatype: 'Int32' as const, rowId: 4 },
    ];
    const { notTaken, poisoned } = await runner.send(rows, false);
    expect(notTaken).toEqual([]);
    expect(Object.fromEntries(poisoned.map(({ row, reason }) => [row.rowId, reason]))).toEqual({
      1: 'the site file names no machine crane any more',
      2: 'press has no metric unknown any more: the site file does not name it',
      4: 'press has speed as Double now, and this row is of datatype Int32',
    });
    expect(taken(3)).toEqual(['DDATA/line/press']);
  });

  it('sorts live rows by time, leaves history in its order, and cuts at 200 metrics', async () => {
    const { broker, runner } = await born();
    await runner.send([change('press', 'speed', 9), change('press', 'count', 3)], false);
    await runner.send([change('press', 'speed', 9), change('press', 'count', 3)], true);
    const [live, history] = broker.taken.slice(3).map(payloadOf);
    expect(live?.metrics.map(({ timestampMs, isHistorical }) => [timestampMs, isHistorical])).toEqual([
      [3, false],
      [9, false],
    ]);
    expect(history?.metrics.map(({ timestampMs, isHistorical }) => [timestampMs, isHistorical])).toEqual([
      [9, true],
      [3, true],
    ]);
    await runner.send(
      Array.from({ length: 450 }, (_row, index) => change('press', 'speed', index)),
      false,
    );
    expect(broker.taken.slice(5).map((message) => payloadOf(message).metrics.length)).toEqual([200, 200, 50]);
  });

  it('splits a message that is larger than a packet may be, and leaves no gap in seq', async () => {
    const { broker, runner } = await born({ maxPacketBytes: 1_000 });
    const rows = Array.from({ length: 300 }, (_row, index) => change('press', 'speed', index));
    const outcome = await runner.send(rows, true);
    expect(outcome).toEqual({ notTaken: [], poisoned: [] });
    const messages = broker.taken.slice(3);
    expect(messages.every(({ topic, payload }) => topic.length + payload.length + 7 <= 1_000)).toBe(true);
    const payloads = messages.map(payloadOf);
    expect(payloads.map(({ seq }) => seq)).toEqual(payloads.map((_payload, index) => 3 + index));
    expect(payloads.flatMap(({ metrics }) => metrics.map(({ timestampMs }) => timestampMs))).toEqual(
      rows.map(({ timestampMs }) => timestampMs),
    );
  });

  it('publishes DDEATH with the time of detection, takes no rows until the DBIRTH, and tells it', async () => {
    const { broker, devices, runner, taken } = await born();
    const bornDevices: string[] = [];
    runner.onDeviceBorn((deviceId) => bornDevices.push(deviceId));
    devices[0]!.isOnline = false;
    runner.deviceOnlineChanged('press', false, 777);
    runner.deviceOnlineChanged('press', false, 778);
    expect((await runner.send([change('press', 'speed', 5)], false)).notTaken).toHaveLength(1);
    devices[0]!.isOnline = true;
    runner.deviceOnlineChanged('press', true, 999);
    expect((await runner.send([change('press', 'speed', 5)], false)).notTaken).toHaveLength(0);
    expect(taken(3)).toEqual(['DDEATH/line/press', 'DBIRTH/line/press', 'DDATA/line/press']);
    expect(broker.taken.slice(3).map((message) => payloadOf(message).seq)).toEqual([3, 4, 5]);
    expect(payloadOf(broker.taken[3]!).timestampMs).toBe(777);
    expect(bornDevices).toEqual(['press']);
  });
});
