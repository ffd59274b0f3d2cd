import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import type { ReasonImport, ReasonImportResult } from '../shared/domain/reason-csv.ts';
import {
  type ConfigurationStore,
  openConfigurationStore,
  type SiteChangeOrigin,
} from './config-store/configuration-store.ts';
import { importReasons } from './config-store/import-reasons.ts';
import { describeError, EngineError, isEngineError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';
import { findNativeBinding } from './store-and-forward/native-binding.ts';

/** Of the gateway of a data folder. */
export const configurationFile = (dataFolder: string): string => join(dataFolder, 'configuration.sqlite');

/** Opens the configuration in that file, or makes one there; see `openConfigurationStore`. */
export const openConfiguration = (file: string): ConfigurationStore =>
  openConfigurationStore(file, findNativeBinding().nativeBinding);

/** For commands: @throws EngineError `config/no-store` where no gateway ever ran. */
export function openExistingConfiguration(dataFolder: string): ConfigurationStore {
  const file = configurationFile(dataFolder);
  if (existsSync(file)) return openConfiguration(file);
  throw new EngineError(
    'config/no-store',
    `${dataFolder} holds no configuration: a gateway makes it when it first runs`,
    {
      dataFolder,
    },
  );
}

/** What a window asks of the configuration of a data folder; opened for each question, which is seldom. */
export function configurationOf(dataFolder: string): Pick<
  ConfigurationStore,
  'reasons' | 'people' | 'putReasons' | 'retireReason' | 'addPerson' | 'retirePerson'
> & {
  importReasons(order: ReasonImport): ReasonImportResult;
} {
  const read = <T>(ask: (store: ConfigurationStore) => T): T => {
    const store = openExistingConfiguration(dataFolder);
    try {
      return ask(store);
    } finally {
      store.close();
    }
  };
  return {
    reasons: () => read((store) => store.reasons()),
    putReasons: (reasons) => read((store) => store.putReasons(reasons)),
    retireReason: (reasonId, atMs) => read((store) => store.retireReason(reasonId, atMs)),
    importReasons: (order) => read((store) => importReasons(store, order)),
    people: () => read((store) => store.people()),
    addPerson: (person) => read((store) => store.addPerson(person)),
    retirePerson: (personId, atMs) => read((store) => store.retirePerson(personId, atMs)),
  };
}

/**
 * Makes the site that runs the one in force. Opened for this alone: it happens a few times a year. A failure is
 * told and stops nothing: data flows without a record of the configuration.
 * @throws EngineError `config/store-newer`: whoever went back to an older program must know before it runs.
 */
export function recordSite(dataFolder: string, site: SiteConfig, origin: SiteChangeOrigin, log: Log): void {
  try {
    const store = openConfiguration(configurationFile(dataFolder));
    try {
      const applied = store.applySite(site, origin);
      if (applied.phase === 'applied') {
        const { added, changed, removed } = applied.difference;
        // Names are for `lineside config diff`: a large change has thousands.
        const counts = { addedCount: added.length, changedCount: changed.length, removedCount: removed.length };
        log.info(`the site is now revision ${applied.revision}`, { by: origin.who, ...counts });
      }
    } finally {
      store.close();
    }
  } catch (error) {
    if (isEngineError(error, 'config/store-newer')) throw error;
    const code = isEngineError(error) ? error.code : 'config/internal';
    log.error('the site that runs is not recorded', { code, error: describeError(error) });
  }
}
