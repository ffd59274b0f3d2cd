import { writeFileSync } from 'node:fs';
import { toSiteJsonSchema } from './read-site-file.ts';

// `npm run schema:dump`: writes the JSON Schema that editors use; a test compares it with the code.
const file = new URL('../../resources/site.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(toSiteJsonSchema(), null, 2)}\n`);
