import { setFlagsFromString } from 'node:v8';

/**
 * By how much, in percent of what is alive, each thread's heap may grow before it is collected. V8's own choice lets
 * the rows that wait for their confirmation grow a gateway of 5,000 tags from 90 MB alive to 280 MB; 30 % costs
 * 0.08 of a core at 20,000 changes/s and halves the memory of the process (`npm run bench -- edge`).
 */
const HEAP_GROWTH_PERCENT = 30;

/**
 * For the whole process, the threads that are started later included. Weaker than the same word on the command line of
 * Node (10,000 tags: 525 against 320 MB), which `npm run service` gives and Electron cannot be given.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}
