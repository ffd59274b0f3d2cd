import type { DemoFault } from './demo-faults.ts';

/** What the starter asks of the thread; every request is answered with the same `id`. */
export type LineServerRequest =
  | { readonly id: number; readonly kind: 'command'; readonly fault: DemoFault }
  | { readonly id: number; readonly kind: 'ramp-counts' }
  | { readonly id: number; readonly kind: 'close' };

/** A request without its id, as the starter writes it. */
export type LineServerQuestion =
  | { readonly kind: 'command'; readonly fault: DemoFault }
  | { readonly kind: 'ramp-counts' }
  | { readonly kind: 'close' };

/** An error crosses the thread as code and text: classes do not survive the copy. */
export interface LineServerFailure {
  readonly code: string;
  readonly text: string;
}

export type LineServerReply =
  | { readonly kind: 'started'; readonly endpointUrl: string; readonly namespaceUri: string }
  | { readonly kind: 'failed'; readonly failure: LineServerFailure }
  | { readonly kind: 'done'; readonly id: number; readonly rampCounts: Readonly<Record<string, number>> | null }
  | { readonly kind: 'refused'; readonly id: number; readonly failure: LineServerFailure };
