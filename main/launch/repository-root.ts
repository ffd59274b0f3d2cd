import { fileURLToPath } from 'node:url';

/** The checkout this file stands in, without a trailing slash. */
export const repositoryRoot: string = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');
