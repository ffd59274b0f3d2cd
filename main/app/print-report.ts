import { randomUUID } from 'node:crypto';
import { BrowserWindow, type Session, session } from 'electron';
import { htmlText } from '../../shared/oee-report/safe-text.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { PAGE_SCHEME } from './page-response.ts';

/** A report of many pages prints in a few seconds; a printer that hangs must not hang the window. */
const PRINT_LIMIT_MS = 60_000;
/** From this Chromium on the page boxes of the style sheet carry title and page numbers. */
const FIRST_CHROMIUM_WITH_PAGE_BOXES = 131;

/**
 * Prints an HTML report to PDF, A4, in a window nobody sees: sandboxed, without JavaScript, without network, in a
 * session of its own that knows this one page. Rejects with `report/not-printed`.
 */
export async function printReport(html: string, clock: Clock): Promise<Uint8Array> {
  // Not persisted: without `persist:` a partition lives in memory.
  const partition = `report-${randomUUID()}`;
  const url = `${PAGE_SCHEME}://report/`;
  serveReport(session.fromPartition(partition), url, html);
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      partition,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      webgl: false,
    },
  });
  try {
    const late = (): Error => new Error(`it took longer than ${PRINT_LIMIT_MS / 1_000} s`);
    return await within(clock, PRINT_LIMIT_MS, print(window, url), late);
  } catch (cause) {
    const text = `The report could not be printed to PDF (${describeError(cause)}). Save it as HTML and print that.`;
    throw new EngineError('report/not-printed', text, {}, { cause });
  } finally {
    window.destroy();
  }
}

async function print(window: BrowserWindow, url: string): Promise<Uint8Array> {
  await window.loadURL(url);
  const hasPageBoxes = Number.parseInt(process.versions['chrome'] ?? '0', 10) >= FIRST_CHROMIUM_WITH_PAGE_BOXES;
  return window.webContents.printToPDF({
    pageSize: 'A4',
    printBackground: true,
    generateTaggedPDF: true,
    preferCSSPageSize: false,
    // Inches, as the margins of the style sheet.
    margins: { top: 0.63, bottom: 0.63, left: 0.47, right: 0.47 },
    displayHeaderFooter: !hasPageBoxes,
    headerTemplate: band(`<span>${htmlText(window.webContents.getTitle())}</span>`),
    footerTemplate: band(
      '<span></span><span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span>',
    ),
  });
}

const band = (content: string): string =>
  `<div style="display:flex;justify-content:space-between;width:100%;margin:0 0.47in;font:8px sans-serif;color:#5b636c">${content}</div>`;

/** The one page, and nothing else: whatever it might ask for is not there. */
function serveReport(own: Session, url: string, html: string): void {
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.webRequest.onBeforeRequest((details, answer) => answer({ cancel: details.url !== url }));
  own.protocol.handle(
    PAGE_SCHEME,
    () => new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }),
  );
}
