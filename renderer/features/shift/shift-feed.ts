import type { EquipmentShift, ShiftKey } from '../../../shared/domain/equipment-shift.ts';
import { toFailure } from '../../bridge.ts';

/** What is known of one shift: the last numbers stay when a later call fails. */
export interface FedShift {
  readonly shift: EquipmentShift | null;
  /** Why the last call gave nothing; null after one that did. */
  readonly failure: string | null;
}

export type FedShifts = ReadonlyMap<string, FedShift>;

/**
 * Shifts of several equipment, asked for one after the other, so that a screen with twenty machines is one caller and
 * not twenty. A refresh that comes while one runs is done once after it.
 */
export class ShiftFeed {
  readonly #load: (key: ShiftKey) => Promise<EquipmentShift>;
  readonly #keys: readonly ShiftKey[];
  readonly #listeners = new Set<() => void>();
  #shifts: FedShifts = new Map();
  #isLoading = false;
  #isWantedAgain = false;

  constructor(load: (key: ShiftKey) => Promise<EquipmentShift>, keys: readonly ShiftKey[]) {
    this.#load = load;
    this.#keys = keys;
  }

  readonly read = (): FedShifts => this.#shifts;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Resolves when everything has been asked for at least once after this call. */
  async refresh(): Promise<void> {
    if (this.#isLoading) {
      this.#isWantedAgain = true;
      return;
    }
    this.#isLoading = true;
    do {
      this.#isWantedAgain = false;
      for (const key of this.#keys) await this.#loadOne(key);
    } while (this.#isWantedAgain);
    this.#isLoading = false;
  }

  async #loadOne(key: ShiftKey): Promise<void> {
    try {
      this.#become(key, { shift: await this.#load(key), failure: null });
    } catch (error) {
      this.#become(key, { shift: this.#shifts.get(key.equipmentId)?.shift ?? null, failure: toFailure(error).text });
    }
  }

  #become(key: ShiftKey, fed: FedShift): void {
    this.#shifts = new Map(this.#shifts).set(key.equipmentId, fed);
    for (const listener of [...this.#listeners]) listener();
  }
}
