import { fakeClock } from '../testing/fake-clock.ts';
import { describeForwardBuffer } from './forward-buffer-promises.ts';
import { MemoryForwardBuffer } from './memory-forward-buffer.ts';

describeForwardBuffer('memory', (options) => Promise.resolve(new MemoryForwardBuffer(fakeClock(), options)));
