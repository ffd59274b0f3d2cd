import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writePrivate } from './owned-files.ts';

/** What a person said of the certificate of an OPC UA server. */
const TrustDecision = z.strictObject({
  sha256: z.string(),
  verdict: z.enum(['trust', 'reject']),
  by: z.string(),
  atMs: z.number(),
});
type TrustDecision = z.infer<typeof TrustDecision>;

const toFile = (dataFolder: string): string => join(dataFolder, 'opcua-pki', 'decisions.json');

/** The last decision on each certificate. What cannot be read is as if nobody had decided: the trust list itself counts. */
export async function readDecisions(dataFolder: string): Promise<ReadonlyMap<string, TrustDecision>> {
  const text = await readFile(toFile(dataFolder), 'utf8').catch(() => '[]');
  try {
    return new Map(
      z
        .array(TrustDecision)
        .parse(JSON.parse(text))
        .map((one) => [one.sha256, one]),
    );
  } catch {
    return new Map();
  }
}

/** Who trusted or rejected what and when; the file is no part of the trust itself. */
export async function writeDecision(dataFolder: string, decision: TrustDecision): Promise<void> {
  const known = new Map(await readDecisions(dataFolder)).set(decision.sha256, decision);
  await writePrivate(toFile(dataFolder), `${JSON.stringify([...known.values()], null, 1)}\n`);
}
