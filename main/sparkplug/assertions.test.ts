import { describe, expect, it } from 'vitest';
import { type AssertionId, assertions } from './assertions.ts';

const SIDES = ['edge', 'host', 'broker'];
const LEVELS = ['must', 'should', 'may'];

describe('the list of assertions', () => {
  it('holds all 299 of the specification, each once', () => {
    expect(new Set(assertions.map(({ id }) => id)).size).toBe(299);
    expect(assertions).toHaveLength(299);
  });

  it('knows whom an id binds', () => {
    const sideOf = (id: AssertionId): unknown => assertions.find((assertion) => assertion.id === id)?.side;
    expect(sideOf('tck-id-topics-nbirth-bdseq-increment')).toBe('edge');
    expect(sideOf('tck-id-operational-behavior-host-reordering-param')).toBe('host');
    expect(sideOf('tck-id-conformance-mqtt-aware-store')).toBe('broker');
  });

  it('keeps what is only allowed apart from what is required of templates', () => {
    const levelOf = (id: AssertionId): unknown => assertions.find((assertion) => assertion.id === id)?.level;
    expect(levelOf('tck-id-payloads-template-instance-members')).toBe('must');
    expect(levelOf('tck-id-payloads-template-instance-members-data')).toBe('may');
    expect(levelOf('tck-id-payloads-template-definition-ref')).toBe('must');
    expect(levelOf('tck-id-payloads-template-definition-parameters-default')).toBe('may');
  });

  it('says of each whom it binds, how strongly and to what', () => {
    for (const { side, level, text, section } of assertions) {
      expect(SIDES).toContain(side);
      expect(LEVELS).toContain(level);
      expect(section).toMatch(/^[12]\.\d+$/);
      expect(text.length).toBeGreaterThan(10);
    }
  });
});
