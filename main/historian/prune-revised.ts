import type { PoolClient } from 'pg';

/** Who has not computed a report anew after so long will not; the raw rows of then are as old as their retention. */
const KEPT_DAYS = 90;
/** Hours of machines; a plant of 40 machines whose network was away for three months has 86,400. */
const KEPT_ROWS = 100_000;

/** Forgets revisions that are old, and the oldest ones beyond a number: the list is for whoever reads it soon. */
export async function pruneRevised(client: PoolClient): Promise<void> {
  await client.query(
    `DELETE FROM revised_range
     WHERE revised_at < now() - $1::int * INTERVAL '1 day'
        OR revised_range_id <= (SELECT revised_range_id FROM revised_range ORDER BY revised_range_id DESC OFFSET $2::int LIMIT 1)`,
    [KEPT_DAYS, KEPT_ROWS],
  );
}
