import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chromium, expect, test } from 'playwright/test';
import { tempFolder } from '../fixtures/plant.ts';

/** The packaged program shuts Node's inspector out, so it is driven through Chromium's own port. */
test('the packaged folder opens its window on the demo line', async () => {
  const program = process.env['LINESIDE_PACKAGED_PATH'];
  if (program === undefined) throw new Error('LINESIDE_PACKAGED_PATH is not set: `npm test` packages and sets it');
  const folder = await tempFolder();
  const args = JSON.parse(process.env['LINESIDE_ELECTRON_ARGS'] ?? '[]') as string[];
  const child = spawn(program, [...args, '--remote-debugging-port=0', '--data', `${folder.path}/demo`], {
    env: { ...process.env, LINESIDE_PROFILE: folder.path },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the packaged program ended with ${code}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const context = browser.contexts()[0]!;
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await expect(page.getByTestId('site-path')).toContainText('LINE01', { timeout: 60_000 });
  await page.getByTestId('nav-oee').click();
  for (const id of ['line', 'Filler', 'Capper', 'Labeller', 'Palletiser']) {
    await expect(page.getByTestId(`oee-${id}`).getByTestId('oee-figure')).toHaveText(/\d/, { timeout: 60_000 });
  }
  await browser.close();
  child.kill();
  await exited;
  await folder.remove();
});
