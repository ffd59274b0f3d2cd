import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import type { LossEntry } from '../shared/domain/listings.ts';
import type { SiteChange, SiteChangeResult } from '../shared/domain/site-change.ts';
import { appendToJournal } from './config/change-journal.ts';
import { findRelativeFiles } from './config/named-files.ts';
import { parseSiteFile, readSiteText, requireSite, type SiteText } from './config/read-site-file.ts';
import { replaceSiteFile } from './config/write-site-file.ts';
import type { SiteChangeOrigin } from './config-store/configuration-store.ts';
import type { SiteChangeRequest, SiteChangeStage } from './engine/ports.ts';
import type { SiteTakeover } from './engine/site-takeover.ts';
import type { Clock } from './platform/clock.ts';
import { describeError, EngineError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';

interface SiteChangerOptions {
  /** The one that the gateway was started with, and will be started with again. */
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly takeover: Pick<SiteTakeover, 'plan' | 'check' | 'take' | 'stop' | 'restartFields'>;
  /** Rows of a device that the buffer holds, by metric. */
  readonly countRows: (deviceId: string) => Promise<readonly LossEntry[]>;
  /** Makes it the site in force in the configuration of the gateway; nothing where it is. */
  readonly recordSite: (site: SiteConfig, origin: SiteChangeOrigin) => void;
  /** Rows of all devices that are not sent yet. */
  readonly countWaiting: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** In the data folder: who changed what while the gateway ran, a JSON line each. */
const JOURNAL_FILE = 'changes.jsonl';

/**
 * Applies a site file to the running engine. Another file than the gateway's own takes its place first, whole: what
 * runs and what the next start reads are never two different sites.
 */
export class SiteChanger implements SiteChangeStage {
  readonly #options: SiteChangerOptions;
  readonly #siteFile: string;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: SiteChangerOptions) {
    this.#options = options;
    this.#siteFile = resolve(options.siteFile);
  }

  get restartFields(): readonly string[] {
    return this.#options.takeover.restartFields;
  }

  change(request: SiteChangeRequest): Promise<SiteChangeResult> {
    const changed = this.#changing.then(() => this.#change(request));
    this.#changing = changed.catch(() => {});
    return changed;
  }

  stop(): void {
    this.#options.takeover.stop();
  }

  async #change(request: SiteChangeRequest): Promise<SiteChangeResult> {
    const { takeover } = this.#options;
    const file = resolve(request.siteFile ?? this.#siteFile);
    const next = request.edit === undefined ? await readSiteText(file) : await this.#edited(file, request.edit);
    const { changes, devices } = takeover.plan(next.site);
    await takeover.check(next.site);
    const planned: SiteChangeResult = {
      phase: changes.length > 0 ? 'planned' : 'unchanged',
      siteFile: this.#siteFile,
      changes: [...changes],
      devices: [...devices],
      leavingRowCount: await this.#countLeaving(changes),
      refused: [],
      waitingServers: [],
    };
    if (request.isDryRun) return planned;
    if (file !== this.#siteFile || request.edit !== undefined) await this.#adopt(file, next);
    if (planned.phase === 'unchanged') {
      // What runs is the same, and yet the file may be back from what a restart was needed for.
      this.#recordRevision(request, next.site);
      return planned;
    }
    const { plan, refused, waitingServers } = await takeover.take(next.site);
    const result: SiteChangeResult = {
      ...planned,
      phase: 'applied',
      changes: [...plan.changes],
      devices: [...plan.devices],
      refused: [...refused],
      waitingServers: [...waitingServers],
    };
    this.#recordRevision(request, next.site);
    await this.#record(request, file, next.text, result);
    return result;
  }

  /** @throws EngineError `config/invalid` (context `faults`), and what the edit throws. */
  async #edited(file: string, edit: NonNullable<SiteChangeRequest['edit']>): Promise<SiteText> {
    const text = edit(await readSiteText(file));
    return { text, site: requireSite(file, parseSiteFile(text)) };
  }

  /** The change has happened: a configuration that cannot be written does not undo it. */
  #recordRevision({ by }: SiteChangeRequest, site: SiteConfig): void {
    const { recordSite, clock, log } = this.#options;
    try {
      recordSite(site, { who: by.user, atMs: clock.nowMs(), source: by.via === 'signal' ? 'file' : by.via });
    } catch (error) {
      log.error('the change has no revision', { error: describeError(error) });
    }
  }

  async #countLeaving(changes: readonly SiteChange[]): Promise<number> {
    const leaving = new Map<string, Set<string> | 'all'>();
    for (const change of changes) {
      if (change.kind === 'machine-removed') leaving.set(change.machineId, 'all');
      const isLeaving =
        change.kind === 'tag-removed' || (change.kind === 'tag-changed' && change.fields.includes('datatype'));
      if (!isLeaving) continue;
      const names = leaving.get(change.machineId) ?? new Set();
      if (names !== 'all') leaving.set(change.machineId, names.add(change.metricName));
    }
    let rowCount = 0;
    for (const [deviceId, names] of leaving) {
      for (const { metricName, droppedCount } of await this.#options.countRows(deviceId)) {
        if (names === 'all' || names.has(metricName)) rowCount += droppedCount;
      }
    }
    return Math.min(rowCount, this.#options.countWaiting());
  }

  /** Makes the text of another file that of the gateway's own. */
  async #adopt(file: string, { text, site }: SiteText): Promise<void> {
    const relative = findRelativeFiles(site);
    if (relative.length > 0 && dirname(file) !== dirname(this.#siteFile)) {
      throw new EngineError(
        'config/relative-files',
        `${file} names ${relative.join(', ')} relative to its own folder, and becomes ${this.#siteFile}: ` +
          'write these paths in full, or put the file into that folder',
        { file, relative },
      );
    }
    await replaceSiteFile(this.#siteFile, text);
  }

  /** The change has happened: a disk that cannot take the line does not undo it. */
  async #record(request: SiteChangeRequest, file: string, text: string, result: SiteChangeResult): Promise<void> {
    const { dataFolder, clock, log } = this.#options;
    const { phase, ...what } = result;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const entry = { by: request.by, from: file, sha256, ...what };
    log.info(`a changed site file was ${phase}`, entry);
    try {
      const at = new Date(clock.nowMs()).toISOString();
      await appendToJournal(join(dataFolder, JOURNAL_FILE), { at, ...entry });
    } catch (error) {
      log.error('the change is not in the journal of changes; the log has it', { error: describeError(error) });
    }
  }
}
