import type { SiteConfig } from '../../shared/config/site.ts';
import { toMachineId } from '../../shared/domain/telemetry-row.ts';
import type { Sqlite } from './open-configuration-file.ts';

/** A line as reports know it. */
export interface StoredLine {
  /** `group/edge node`: renaming the line leaves its history with it. */
  readonly lineId: string;
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Not in the site any more since then. */
  readonly retiredAtMs: number | null;
}

/** A machine as reports know it. */
export interface StoredMachine {
  /** `group/edge node/device`, as in telemetry. */
  readonly machineId: string;
  readonly lineId: string;
  readonly name: string;
  readonly isBottleneck: boolean;
  readonly retiredAtMs: number | null;
}

/** Tables `site`, `line`, `machine`, `shift_template` and `shift_break`. Transactions are the caller's. */
export class EquipmentTables {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = prepare(db);
  }

  /** Brings the tables to what the site says; what left stays, retired at this instant. */
  replace(site: SiteConfig, revision: number, atMs: number): void {
    const { enterprise, site: siteName, area, line, timeZone } = site.site;
    const { groupId, edgeNodeId } = site.sparkplug;
    const lineId = `${groupId}/${edgeNodeId}`;
    const statements = this.#statements;
    statements.retireLines.run(atMs);
    statements.putLine.run({ lineId, name: line, timeZone });
    statements.retireMachines.run(atMs);
    site.machines.forEach((machine, position) => {
      statements.putMachine.run({
        machineId: toMachineId(groupId, edgeNodeId, machine.id),
        lineId,
        position,
        name: machine.name ?? machine.id,
        isBottleneck: machine.isBottleneck ? 1 : 0,
        idealCycleMs: machine.idealCycleMs ?? null,
        microStopS: machine.microStopS,
        targetOeePercent: machine.targetOeePercent,
      });
    });
    statements.deleteShifts.run();
    site.shifts.forEach(({ name, days, from, to, breaks }, position) => {
      statements.addShift.run(lineId, position, name, days.join(','), from, to);
      breaks.forEach((each, index) => statements.addBreak.run(lineId, position, index, each.name, each.from, each.to));
    });
    statements.putSite.run(enterprise, siteName, area, timeZone, revision);
  }

  lines(): readonly StoredLine[] {
    return this.#statements.readLines.all();
  }

  machines(): readonly StoredMachine[] {
    return this.#statements.readMachines.all().map((row) => ({ ...row, isBottleneck: row.isBottleneck === 1 }));
  }
}

function prepare(db: Sqlite) {
  return {
    putSite: db.prepare<[string, string, string, string, number]>(
      'INSERT OR REPLACE INTO site (site_id, enterprise, site, area, time_zone, revision) VALUES (1, ?, ?, ?, ?, ?)',
    ),
    // Whoever is in the site is called back in the same transaction.
    retireLines: db.prepare<[number]>('UPDATE line SET retired_at_ms = ? WHERE retired_at_ms IS NULL'),
    retireMachines: db.prepare<[number]>('UPDATE machine SET retired_at_ms = ? WHERE retired_at_ms IS NULL'),
    putLine: db.prepare(
      `INSERT INTO line (line_id, name, time_zone) VALUES (:lineId, :name, :timeZone)
       ON CONFLICT (line_id) DO UPDATE
       SET name = excluded.name, time_zone = excluded.time_zone, retired_at_ms = NULL`,
    ),
    putMachine: db.prepare(
      `INSERT INTO machine
         (machine_id, line_id, name, position, is_bottleneck, ideal_cycle_ms, micro_stop_s, target_oee_percent)
       VALUES (:machineId, :lineId, :name, :position, :isBottleneck, :idealCycleMs, :microStopS, :targetOeePercent)
       ON CONFLICT (machine_id) DO UPDATE
       SET line_id = excluded.line_id, name = excluded.name, position = excluded.position,
         is_bottleneck = excluded.is_bottleneck, ideal_cycle_ms = excluded.ideal_cycle_ms,
         micro_stop_s = excluded.micro_stop_s, target_oee_percent = excluded.target_oee_percent, retired_at_ms = NULL`,
    ),
    deleteShifts: db.prepare('DELETE FROM shift_template'),
    addShift: db.prepare<[string, number, string, string, string, string]>(
      'INSERT INTO shift_template (line_id, position, name, days, starts, ends) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    addBreak: db.prepare<[string, number, number, string, string, string]>(
      'INSERT INTO shift_break (line_id, shift_position, position, name, starts, ends) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    readLines: db.prepare<[], StoredLine>(
      `SELECT line_id AS lineId, name, time_zone AS timeZone, retired_at_ms AS retiredAtMs FROM line ORDER BY line_id`,
    ),
    readMachines: db.prepare<[], Omit<StoredMachine, 'isBottleneck'> & { readonly isBottleneck: 0 | 1 }>(
      `SELECT machine_id AS machineId, line_id AS lineId, name, is_bottleneck AS isBottleneck,
         retired_at_ms AS retiredAtMs
       FROM machine ORDER BY position, machine_id`,
    ),
  };
}
