import { describe, expect, it } from 'vitest';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import { EdgeNodeStream, toIncoming } from '../testing/edge-node-stream.ts';
import { encodePayload, toWireMetric, type WireMetric } from './encode-payload.ts';
import { HostModel } from './host-model.ts';
import { toModelPage } from './host-model-page.ts';
import { createHostNode, type IncomingMessage } from './host-node.ts';
import { step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

function modelled() {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  const model = new HostModel();
  const moment = { nowMs: 7_000, monotonicMs: 0, chance: 1 };
  return {
    take(...messages: readonly IncomingMessage[]): void {
      for (const message of messages) {
        const { next, effects } = step(node, { type: 'message', message, moment }, { reorderTimeoutMs: 2_000 });
        node = next;
        model.note(next, effects, moment.nowMs);
      }
    },
    page: (query: Partial<HostModelQuery> = {}): HostModelPage =>
      toModelPage([{ broker: 'mqtt://b', node, model }], { fromIndex: 0, maxRows: 100, search: '', ...query }),
  };
}

const named = (metric: WireMetric, name: string, datatype: number): WireMetric => ({ ...metric, name, datatype });
const valuesOf = ({ rows }: HostModelPage) => rows.map(({ metricName, value }) => `${metricName}=${value}`);

describe('the model of a host', () => {
  it('shows node, devices and metrics with alias, datatype, last value and time', () => {
    const { take, page } = modelled();
    const edge = new EdgeNodeStream(3);
    take(edge.nodeBirth(), edge.deviceBirth('press'), edge.data('press', 'speed', 7, 2_500));
    expect(page().nodes).toEqual([
      {
        groupId: 'plant',
        edgeNodeId: 'line',
        broker: 'mqtt://b',
        isOnline: true,
        sinceMs: 7_000,
        because: 'birth',
        alarm: null,
        bdSeq: 3,
        seq: 2,
        messageCount: 0,
        metricCount: 3,
        faultCounts: {},
        rebirthRequests: {},
        deviceCount: 1,
        devices: [{ deviceId: 'press', isOnline: true, sinceMs: 7_000, because: 'birth', metricCount: 1 }],
      },
    ]);
    expect(page({ deviceId: 'press' }).rows).toEqual([
      {
        groupId: 'plant',
        edgeNodeId: 'line',
        deviceId: 'press',
        metricName: 'speed',
        alias: '2',
        datatype: 'Double',
        value: '7',
        quality: 'good',
        timestampMs: 2_500,
        receivedAtMs: 7_000,
        isStale: false,
        historicalCount: 0,
      },
    ]);
    expect(valuesOf(page({ deviceId: null }))).toEqual(['bdSeq=3', 'Node Control/Rebirth=false', 'load=0']);
  });

  it('never lets a historical value take the place of the last one', () => {
    const { take, page } = modelled();
    const edge = new EdgeNodeStream();
    take(edge.nodeBirth(), edge.deviceBirth('press'), edge.data('press', 'speed', 7));
    const old = { datatype: 'Double', value: 1, quality: 'good', statusCode: 0, timestampMs: 5 } as const;
    const wire = toWireMetric({ name: 'speed', hasDatatype: false, isHistorical: true }, old);
    take(toIncoming('DDATA', 'press', encodePayload(9_000, 3, [wire, wire])));
    expect(page({ deviceId: 'press' }).rows).toMatchObject([{ value: '7', historicalCount: 2 }]);
  });

  it('keeps the metrics of a dead node, all stale, and tells why and since when', () => {
    const { take, page } = modelled();
    const edge = new EdgeNodeStream();
    take(edge.nodeBirth(), edge.deviceBirth('press'), edge.nodeDeath());
    expect(page().nodes).toMatchObject([
      { isOnline: false, because: 'death', devices: [{ isOnline: false, because: 'node-death' }] },
    ]);
    expect(page({ deviceId: 'press' }).rows).toMatchObject([{ metricName: 'speed', isStale: true, quality: 'good' }]);
  });

  it('forgets what a new birth does not name, and the value of what has another datatype', () => {
    const { take, page } = modelled();
    const edge = new EdgeNodeStream();
    take(edge.nodeBirth(), edge.deviceBirth('press', ['speed', 'count']), edge.data('press', 'speed', 7));
    take(edge.nodeBirth(), edge.deviceBirth('press', ['count']));
    expect(valuesOf(page({ deviceId: 'press' }))).toEqual(['count=0']);
  });

  it('holds structures as JSON, exact integers as text, and says so of a value too long to be kept', () => {
    const { take, page } = modelled();
    const dataset: WireMetric = {
      datasetValue: {
        numOfColumns: 2,
        columns: ['lot', 'size'],
        types: [8, 12],
        rows: [{ elements: [{ longValue: 5 }, { stringValue: 'L' }] }],
      },
    };
    const template: WireMetric = {
      templateValue: {
        isDefinition: false,
        templateRef: 'Motor',
        metrics: [{ name: 'rpm', datatype: 3, intValue: 12 }],
      },
    };
    const birth = [
      named(dataset, 'table', 16),
      named(template, 'motor', 19),
      named({ longValue: { low: -1, high: -1, unsigned: true } as never }, 'big', 8),
      named({ stringValue: 'x'.repeat(20_000) }, 'long', 12),
    ];
    take(new EdgeNodeStream().nodeBirth(), toIncoming('DBIRTH', 'press', encodePayload(1, 1, birth)));
    expect(page({ deviceId: 'press' }).rows.map(({ datatype, value }) => [datatype, value])).toEqual([
      ['DataSet', '{"columns":["lot","size"],"types":["UInt64","String"],"rows":[["5","L"]]}'],
      [
        'Template',
        '{"templateRef":"Motor","isDefinition":false,"metrics":[{"name":"rpm","datatype":"Int32","value":12}]}',
      ],
      ['UInt64', '18446744073709551615'],
      ['String', '(too long to be kept)'],
    ]);
  });

  it('counts faults and requests by their cause', () => {
    const { take, page } = modelled();
    take(new EdgeNodeStream().data('press', 'speed', 1));
    expect(page().nodes).toMatchObject([
      { faultCounts: { 'data-before-birth': 1 }, rebirthRequests: { 'data-before-birth': 1 }, isOnline: false },
    ]);
  });

  it('gives a page of what a search finds in names of nodes, devices and metrics', () => {
    const { take, page } = modelled();
    const edge = new EdgeNodeStream();
    take(edge.nodeBirth(), edge.deviceBirth('press', ['speed', 'count']), edge.deviceBirth('oven', ['speed']));
    const found = page({ search: 'SPEED', fromIndex: 1, maxRows: 1 });
    expect([found.rowCount, found.nodeCount, found.rows.map(({ deviceId }) => deviceId)]).toEqual([2, 1, ['oven']]);
    expect(page({ search: 'oven' }).rowCount).toBe(1);
    expect(page({ search: 'line' }).rowCount).toBe(6);
    expect(page({ groupId: 'other' })).toEqual({ nodeCount: 0, nodes: [], rowCount: 0, rows: [] });
  });
});
