import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEMO_MACHINES, demoTags, machineTags } from '../demo/packaging-line-tags.ts';
import { parseSiteFile, toSiteJsonSchema } from './read-site-file.ts';

const resource = (name: string): string => readFileSync(new URL(`../../resources/${name}`, import.meta.url), 'utf8');

describe('resources', () => {
  it('hold the JSON Schema of the code (npm run schema:dump writes it)', () => {
    expect(JSON.parse(resource('site.schema.json'))).toEqual(JSON.parse(JSON.stringify(toSiteJsonSchema())));
  });

  it('hold a demo site that names every machine and tag of the demo line', () => {
    const result = parseSiteFile(resource('sites/demo.yaml'));
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    expect(result.site.machines.map((machine) => machine.id)).toEqual(DEMO_MACHINES.map((machine) => machine.id));
    for (const machine of DEMO_MACHINES) {
      const configured = result.site.machines.find((one) => one.id === machine.id);
      expect(configured).toMatchObject({ idealCycleMs: machine.idealCycleMs, isBottleneck: machine.isBottleneck });
      expect(configured?.tags.map(({ node, metric, datatype, role }) => ({ node, metric, datatype, role }))).toEqual(
        machineTags(machine.id).map(({ node, metric, datatype, role }) => ({ node, metric, datatype, role })),
      );
    }
    expect(result.site.machines.flatMap((machine) => machine.tags)).toHaveLength(demoTags().length);
  });
});
