import { DataChangeFilter, DeadbandType, NodeId } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { hasDeadband, queueSizeFor, samplingIntervalFor, toItemRequest } from './item-request.ts';
import type { OpcuaTag } from './opcua-source-options.ts';

const TAG: OpcuaTag = {
  tagId: 'A' as TagId,
  node: 'nsu=urn:a;s=A',
  datatype: 'Double',
  samplingIntervalMs: 100,
  queueSize: 10,
  isExempt: false,
};
const NEED = { publishingIntervalMs: 1_000, bridgeBreakMs: 0, mostValues: Infinity };

const filterOf = (tag: OpcuaTag, isWanted = true): unknown => {
  const asked = { samplingIntervalMs: 100, queueSize: 10, hasDeadband: isWanted && hasDeadband(tag) };
  return toItemRequest({ tag, nodeId: new NodeId() }, 1, asked).requestedParameters?.filter;
};

describe('size of a queue', () => {
  it('holds what is sampled in a publishing interval, and a margin', () => {
    expect(queueSizeFor(1, 100, NEED)).toBe(12);
    expect(queueSizeFor(1, 300, NEED)).toBe(6);
    expect(queueSizeFor(1, 5_000, NEED)).toBe(3);
  });

  it('holds a break of the network too where that is asked', () => {
    expect(queueSizeFor(1, 100, { ...NEED, bridgeBreakMs: 5_000 })).toBe(62);
  });

  it('is never below the configured one, nor above what the server tells', () => {
    expect(queueSizeFor(50, 100, NEED)).toBe(50);
    expect(queueSizeFor(50, 100, { ...NEED, mostValues: 8 })).toBe(8);
  });

  it('is the configured one where every change counts', () => {
    expect(queueSizeFor(7, 0, { ...NEED, bridgeBreakMs: 5_000 })).toBe(7);
  });
});

describe('request for an item', () => {
  it('slows tags, but not exempt ones, and makes none faster', () => {
    expect(samplingIntervalFor(TAG, true, 2_000)).toBe(2_000);
    expect(samplingIntervalFor(TAG, false, 2_000)).toBe(100);
    expect(samplingIntervalFor({ ...TAG, isExempt: true }, true, 2_000)).toBe(100);
    expect(samplingIntervalFor({ ...TAG, samplingIntervalMs: 5_000 }, true, 2_000)).toBe(5_000);
  });

  it('carries the deadband, absolute or in percent, unless the server refused it', () => {
    expect(filterOf(TAG)).toBeNull();
    expect(filterOf({ ...TAG, deadbandAbsolute: 0.5 })).toMatchObject({
      deadbandType: DeadbandType.Absolute,
      deadbandValue: 0.5,
    });
    expect(filterOf({ ...TAG, deadbandPercent: 2 })).toMatchObject({
      deadbandType: DeadbandType.Percent,
      deadbandValue: 2,
    });
    expect(filterOf({ ...TAG, deadbandPercent: 2 })).toBeInstanceOf(DataChangeFilter);
    expect(filterOf({ ...TAG, deadbandPercent: 2 }, false)).toBeNull();
  });
});
