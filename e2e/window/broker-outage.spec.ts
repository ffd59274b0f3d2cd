import { join } from 'node:path';
import { expect, test } from '../fixtures/line.ts';
import { expectEveryRampValueOnce } from '../fixtures/ramps.ts';
import { openWorkbench } from '../fixtures/workbench.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

const OUTAGE_MS = 20_000;

test('a broker that is away for 20 s costs nothing: the queue grows, the window says why, it drains, every value is stored once', async ({
  line,
}) => {
  const words = ['--config', line.plant.siteFile, '--data', join(line.folder, 'gateway')];
  const workbench = await openWorkbench({ profile: join(line.folder, 'profile'), words });
  const window = new WorkbenchPage(workbench.page);
  await window.open('overview');
  await expect(window.stage('broker')).toContainText('online', { timeout: 60_000 });
  await expect.poll(() => window.readNumber('flow-3'), { message: 'values reach the broker' }).toBeGreaterThan(50);

  await line.broker.takeAway();
  const awaySinceMs = performance.now();
  await expect(window.stage('broker')).toContainText('away');
  await expect(window.stage('broker')).toContainText(/values are kept/i);
  await expect(window.page.getByTestId('attention-row').filter({ hasText: 'Broker' })).toBeVisible();
  // 20 ramps at 10 a second: 1,000 rows wait after about 5 s.
  await expect.poll(() => window.readNumber('buffer-figure')).toBeGreaterThan(1_000);

  await window.open('queue');
  const row = window.page.getByTestId('queue-row').filter({ hasText: 'Load/' }).first();
  await expect(row).toContainText(/waiting/i);
  await expect(row).toContainText(/\d/);
  await window.page.screenshot({ path: test.info().outputPath('queue-while-away.png') });
  await window.open('overview');
  await window.page.screenshot({ path: test.info().outputPath('overview-while-away.png') });

  // The outage lasts as long as the issue asks; nothing can be awaited that takes its place.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, OUTAGE_MS - (performance.now() - awaySinceMs))));
  await line.broker.bringBack();
  await expect(window.stage('broker')).toContainText('online', { timeout: 45_000 });
  await expect.poll(() => window.readNumber('buffer-figure'), { timeout: 60_000 }).toBeLessThan(500);
  await expect(window.page.getByTestId('attention-row').filter({ hasText: 'Broker' })).toHaveCount(0);

  await expectEveryRampValueOnce(line.plant);
  await workbench.close();
});
