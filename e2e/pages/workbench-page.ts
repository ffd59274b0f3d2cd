import type { Locator, Page } from 'playwright/test';

export const SCREENS = ['overview', 'tags', 'certificates', 'queue', 'oee'] as const;
export type Screen = (typeof SCREENS)[number];

/** The window as a person sees it: navigation, theme, and the figures by their names. */
export class WorkbenchPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(screen: Screen): Promise<void> {
    await this.page.getByTestId(`nav-${screen}`).click();
    await this.page.getByTestId(`screen-${screen}`).waitFor();
  }

  async chooseTheme(theme: 'Light' | 'Dark'): Promise<void> {
    await this.page.getByTestId('theme-switch').getByText(theme, { exact: true }).click();
  }

  stage(id: 'servers' | 'mapping' | 'buffer' | 'broker' | 'ingest' | 'historian'): Locator {
    return this.page.getByTestId(`stage-${id}`);
  }

  /** A duration such as `588 ms` or `6.2 s`, in milliseconds. */
  async readDurationMs(testId: string): Promise<number> {
    const text = await this.page.getByTestId(testId).first().innerText();
    const [, figure = '', unit = ''] = /([\d.,]+)\s*(ms|s|min)/.exec(text) ?? [];
    const factors: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };
    return Number(figure.replace(',', '')) * (factors[unit] ?? Number.NaN);
  }

  /** A figure as a number, its separators and unit taken away; NaN for a dash. */
  async readNumber(testId: string): Promise<number> {
    const text = (await this.page.getByTestId(testId).first().innerText()).replace(/[\s,\u202f\u00a0]/g, '');
    return Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? Number.NaN);
  }
}
