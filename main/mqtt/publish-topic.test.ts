import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPublishTopic } from './publish-topic.ts';

describe('a topic to publish on', () => {
  it.each([
    ['', 'is empty'],
    ['spBv1.0/a+b', 'holds + or #'],
    ['spBv1.0/#', 'holds + or #'],
    ['a\0', 'holds the character NUL'],
    ['a\udc00', 'holds half of a surrogate pair'],
  ])('%j is refused because it %s', (topic, reason) => {
    expect(() => checkPublishTopic(topic)).toThrow(reason);
  });

  it('is refused when it is longer than the 65,535 bytes that MQTT can say', () => {
    expect(() => checkPublishTopic('ä'.repeat(32_768))).toThrow('longer than');
  });

  it('may hold anything else', () => {
    const legal = fc.string({ unit: 'grapheme', minLength: 1 }).filter((topic) => !/[+#\0]/.test(topic));
    fc.assert(
      fc.property(legal, (topic) => {
        checkPublishTopic(topic);
      }),
    );
  });
});
