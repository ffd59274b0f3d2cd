import type { MachineConfig, ShiftConfig } from '../../shared/config/equipment.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import { toMachineId } from '../../shared/domain/telemetry-row.ts';

/** What OEE needs to know of the site. */
export interface OeeSite extends Pick<SiteConfig, 'calendar' | 'oee' | 'samplingClasses'> {
  readonly groupId: string;
  readonly edgeNodeId: string;
  /** In the order of the line: the last one's good parts are the line's. */
  readonly machines: readonly MachineConfig[];
  readonly shifts: readonly ShiftConfig[];
  /** IANA name. */
  readonly timeZone: string;
  readonly lineName: string;
}

/** Key of a machine in the historian. */
export const historianIdOf = (site: OeeSite, machine: MachineConfig): string =>
  toMachineId(site.groupId, site.edgeNodeId, machine.id);

/** Key of the line in the historian: that of its edge node. */
export const lineIdOf = ({ groupId, edgeNodeId }: OeeSite): string => toMachineId(groupId, edgeNodeId, null);
