/**
 * Browsers place things with 32-bit floats: beyond some 8 million pixels hairlines vanish and letters shift (seen
 * at 28 million). Higher lists get this height and a scaled scroll bar.
 */
const MAX_SCROLL_PX = 8_000_000;

/** Rows drawn beyond the edges, so that a fast scroll shows no white. */
const OVERSCAN_ROWS = 6;

export interface VirtualWindow {
  /** Height of the scrolled content, pixels. */
  readonly contentPx: number;
  readonly firstIndex: number;
  readonly rowCount: number;
  /** Place of the first drawn row from the top of the content, pixels. */
  readonly offsetPx: number;
}

/** Which rows of a very long list are drawn at a scroll place. All rows have one height. */
export function toVirtualWindow(
  totalRows: number,
  rowPx: number,
  viewportPx: number,
  scrollTopPx: number,
): VirtualWindow {
  const fullPx = totalRows * rowPx;
  const contentPx = Math.min(fullPx, MAX_SCROLL_PX);
  const scrollablePx = Math.max(0, contentPx - viewportPx);
  const scrollPx = Math.min(Math.max(0, scrollTopPx), scrollablePx);
  // Unscaled while the list fits; else the share of the way, so that the last row can be reached.
  const virtualPx = contentPx === fullPx ? scrollPx : Math.round((scrollPx / scrollablePx) * (fullPx - viewportPx));
  const firstVisible = Math.floor(virtualPx / rowPx);
  const firstIndex = Math.max(0, firstVisible - OVERSCAN_ROWS);
  const lastIndex = Math.min(totalRows, firstVisible + Math.ceil(viewportPx / rowPx) + 1 + OVERSCAN_ROWS);
  return {
    contentPx,
    firstIndex,
    rowCount: Math.max(0, lastIndex - firstIndex),
    offsetPx: scrollPx - (virtualPx - firstIndex * rowPx),
  };
}
