import { describe, expect, it } from 'vitest';
import { findImportFault } from './import-law.ts';

describe('import law', () => {
  it('keeps stages apart', () => {
    expect(findImportFault('main/mqtt/broker-link.ts', 'main/historian/open-historian.ts', false)).toMatch(
      'main/mqtt may not import main/historian',
    );
    expect(findImportFault('main/ingest/ingest.ts', 'main/sparkplug/topic.ts', false)).toBeUndefined();
  });

  it('keeps a driver in its one room', () => {
    expect(findImportFault('main/ingest/ingest.ts', 'pg', true)).toMatch("'pg' lives in main/historian");
    expect(findImportFault('main/historian/open-historian.ts', 'pg', true)).toBeUndefined();
    expect(findImportFault('renderer/features/oee/oee-panel.tsx', 'recharts', true)).toBeDefined();
  });

  it('keeps Node out of shared and the engine out of the renderer', () => {
    expect(findImportFault('shared/domain/metric.ts', 'node:fs', true)).toBe('no Node here');
    expect(findImportFault('renderer/app/frame.tsx', 'main/engine/engine.ts', false)).toBeDefined();
  });

  it('lets only entries import what assembles', () => {
    expect(findImportFault('main/engine/engine.ts', 'main/compose.ts', false)).toMatch('assembles');
    expect(findImportFault('main/service.ts', 'main/compose.ts', false)).toBeUndefined();
    expect(findImportFault('main/launch/fuzz.ts', 'main/testing/fuzz/fuzz-payloads.ts', false)).toBeUndefined();
    expect(findImportFault('main/launch/start.ts', 'main/testing/fuzz/fuzz-payloads.ts', false)).toBeDefined();
  });
});
