import { z } from 'zod';

/**
 * Zod compiles object schemas with `new Function` where it may; the page's policy forbids it, and the attempt
 * alone is reported as a violation. `index.html` loads this before everything else: it must run before the first
 * schema is made.
 */
z.config({ jitless: true });
