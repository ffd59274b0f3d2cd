/** Where a changed configuration came from: its file at a start or by a signal, the window, a command. */
export type SiteChangeSource = 'file' | 'window' | 'command';

/** Names of what differs between two configurations, such as `machines[Filler].tags[Speed].deadband`. */
export interface SiteDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** One configuration that was in force, without its document. */
export interface SiteRevision {
  /** 1, 2, … without gaps. */
  readonly revision: number;
  readonly changedBy: string;
  readonly changedAtMs: number;
  readonly source: SiteChangeSource;
  /** Of the canonical document, hexadecimal. */
  readonly sha256: string;
}
