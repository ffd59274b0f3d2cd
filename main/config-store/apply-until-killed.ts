/** For the crash tests: makes revisions for ever, and says which are made. `node <file> <store file>` */
import { openConfigurationStore } from './configuration-store.ts';
import { changedSite } from './site-fixture.ts';

const file = process.argv[2];
if (file === undefined) throw new Error('usage: apply-until-killed <store file>');
const store = openConfigurationStore(file);

for (let round = 1; ; round += 1) {
  const { revision } = store.applySite(changedSite(round), { who: 'test', atMs: round, source: 'file' });
  // A line only after the change has returned: this is what the other side may rely on.
  await new Promise((resolve) => process.stdout.write(`${revision}\n`, resolve));
}
