import { Datatype } from '../../shared/domain/metric.ts';
import { identityCrc, type MetricIdentity } from './change-row.ts';
import type { Sqlite } from './open-sqlite.ts';

export interface KnownMetric {
  readonly metricId: number;
  readonly identity: MetricIdentity;
  readonly crc: number;
}

interface MetricColumns {
  readonly metric_id: number;
  readonly device_id: string | null;
  readonly metric_name: string;
  readonly datatype: string;
}

/** The name that people search in. */
export const nameOf = ({ deviceId, metricName }: Pick<MetricIdentity, 'deviceId' | 'metricName'>): string =>
  `${deviceId ?? ''}/${metricName}`;

/** Names once instead of in every row: table `metric`, held in memory because there are only thousands. */
export class MetricDictionary {
  readonly #insert;
  readonly #readAll;
  /** By datatype, device and name: joining them into one key for each row would cost more than three look-ups. */
  readonly #byType = new Map<Datatype, Map<string | null, Map<string, KnownMetric>>>();
  readonly #byId = new Map<number, KnownMetric>();

  constructor(db: Sqlite) {
    this.#insert = db.prepare<[string | null, string, string]>(
      'INSERT INTO metric (device_id, metric_name, datatype) VALUES (?, ?, ?)',
    );
    this.#readAll = db.prepare<[], MetricColumns>('SELECT * FROM metric');
    this.reload();
  }

  /** To be called after a transaction that was rolled back: it may have taken new names with it. */
  reload(): void {
    this.#byType.clear();
    this.#byId.clear();
    for (const columns of this.#readAll.iterate()) {
      const datatype = Datatype.safeParse(columns.datatype);
      // A damaged name stays unknown here; the rows that use it go to the dead letters.
      if (!datatype.success) continue;
      const { device_id: deviceId, metric_name: metricName } = columns;
      this.#remember(columns.metric_id, { deviceId, metricName, datatype: datatype.data });
    }
  }

  byId(metricId: number): KnownMetric | undefined {
    return this.#byId.get(metricId);
  }

  /** Gives a new metric its id, inside the caller's transaction. */
  register({ deviceId, metricName, datatype }: MetricIdentity): KnownMetric {
    const known = this.#byType.get(datatype)?.get(deviceId)?.get(metricName);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#insert.run(deviceId, metricName, datatype);
    return this.#remember(Number(lastInsertRowid), { deviceId, metricName, datatype });
  }

  idsOf(matches: (identity: MetricIdentity) => boolean): readonly number[] {
    return [...this.#byId.values()].filter(({ identity }) => matches(identity)).map((metric) => metric.metricId);
  }

  /** Ids of the metrics whose `device/metric` name holds the text, whatever the case. */
  search(text: string): readonly number[] {
    const wanted = text.toLowerCase();
    return this.idsOf((identity) => nameOf(identity).toLowerCase().includes(wanted));
  }

  #remember(metricId: number, identity: MetricIdentity): KnownMetric {
    const metric = { metricId, identity, crc: identityCrc(identity) };
    const ofType = this.#byType.get(identity.datatype) ?? new Map<string | null, Map<string, KnownMetric>>();
    const ofDevice = ofType.get(identity.deviceId) ?? new Map<string, KnownMetric>();
    this.#byType.set(identity.datatype, ofType.set(identity.deviceId, ofDevice.set(identity.metricName, metric)));
    this.#byId.set(metricId, metric);
    return metric;
  }
}
