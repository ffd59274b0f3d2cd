import type { Pool, PoolClient } from 'pg';
import { hasNoSession } from './sql-errors.ts';

/** One connection for several statements that belong together; given back when `work` has ended. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const onError = (): void => undefined;
  // Between two queries a checked-out client reports its broken connection here, not to the pool.
  client.on('error', onError);
  let isBroken = false;
  try {
    return await work(client);
  } catch (error) {
    isBroken = hasNoSession(error);
    throw error;
  } finally {
    client.off('error', onError);
    // Also one that does not answer: what it still has to say would be taken for the answer to the next question.
    client.release(isBroken);
  }
}

/** Runs `work` as one transaction; rolls back and rejects with its error. */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // A lost connection cannot roll back, and need not: the first failure is the one to tell.
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}
