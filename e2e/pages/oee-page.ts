import { expect, type Locator, type Page } from 'playwright/test';

/** Tab stops of a screen that a keyboard passes at most before it is called a maze. */
const MAX_TABS = 120;

/** The OEE screens as a person uses them. */
export class OeePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async openMachine(machineId: string): Promise<void> {
    await this.page.getByTestId('nav-oee').click();
    await this.page.getByTestId(`oee-${machineId}`).getByTestId('open-machine').click();
    await expect(this.page.getByTestId('machine-name')).toHaveText(machineId);
    await expect(this.page.getByTestId('kpi-oee')).toBeVisible();
  }

  /** Chooses the shift whose entry holds this text; one that has just come to be known is there when it is opened again. */
  async chooseShift(text: string): Promise<void> {
    const chooser = this.page.getByTestId('shift-chooser');
    const option = this.page.getByRole('option', { name: text }).first();
    await expect(async () => {
      if (await option.isHidden()) await chooser.click();
      await expect(option).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 90_000 });
    await option.click();
  }

  /** `OEE` → `62.4`, as it stands on its card. */
  async readKpi(id: string): Promise<string> {
    const text = await this.page.getByTestId(`kpi-${id}`).locator('[data-figure]').innerText();
    return /[\d.,]+|–/.exec(text)?.[0] ?? text;
  }

  /** Every figure in sight that can be asked for, once each. */
  figures(): Promise<{ readonly equipment: string | null; readonly figure: string | null }[]> {
    return this.page.locator('[data-figure]').evaluateAll((buttons) => [
      ...new Map(
        buttons.map((button) => {
          const equipment = button.getAttribute('data-equipment');
          const figure = button.getAttribute('data-figure');
          return [`${equipment} ${figure}`, { equipment, figure }];
        }),
      ).values(),
    ]);
  }

  /** The first click opens the figure, the second its first term with intervals and samples. */
  async askWhy(figure: Locator): Promise<void> {
    await figure.click();
    await expect(this.page.getByTestId('explanation')).toBeVisible();
  }

  async closeDrawer(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
  }

  /** Goes with the tab key until the focus is on, or in, what fits the selector. */
  async tabTo(selector: string): Promise<void> {
    for (let count = 0; count < MAX_TABS; count += 1) {
      await this.page.keyboard.press('Tab');
      const isThere = await this.page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
      if (isThere) return;
    }
    throw new Error(`${MAX_TABS} tabs do not lead to ${selector}`);
  }
}
