import { examineBroker } from '../compose-doctor.ts';
import { composeExaminations, toHostPatient } from '../compose-examinations.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describePart, type ExaminedPart } from './describe-doctor.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

const USAGE = `lineside certs doctor --config SITE [--broker N | --server ID | --historian] [--data DIR] [--client-id ID] [--topic-prefix T] [--json]
       lineside certs doctor --host H [--port P] [--ca FILE] [--cert FILE --key FILE] [--client-id ID] [--topic-prefix T] [--json]`;

/** `lineside certs doctor`: which check of a connection fails, and what to do. Exit code 1 when one does. */
export async function runCertsDoctor(words: readonly string[], print: (text: string) => void): Promise<number> {
  const site = { config: { type: 'string' }, broker: { type: 'string' }, server: { type: 'string' } } as const;
  const free = { host: { type: 'string' }, port: { type: 'string' }, ca: { type: 'string' } } as const;
  const more = { cert: { type: 'string' }, key: { type: 'string' }, 'client-id': { type: 'string' } } as const;
  const rest = { 'topic-prefix': { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } } as const;
  const options = { ...site, historian: { type: 'boolean' }, ...free, ...more, ...rest } as const;
  const values = readArguments(words, options, USAGE);
  if ((values.config === undefined) === (values.host === undefined)) {
    throw new EngineError('cli/usage', `name a site file (--config) or a broker (--host)\nusage: ${USAGE}`);
  }
  const choice = { clientId: values['client-id'], topicPrefix: values['topic-prefix'] };
  const parts: ExaminedPart[] = [];
  const show = (part: ExaminedPart): void => {
    parts.push(part);
    if (!values.json) print(`${describePart(part)}\n`);
  };
  if (values.config === undefined) {
    const port = readCount(values.port, 'port', 1);
    const { host = '', ca, cert, key } = values;
    const patient = await toHostPatient({ host, port, ca, cert, key, ...choice });
    show({ part: `broker ${patient.address.url}`, steps: await examineBroker(patient, { clock: systemClock }) });
  } else {
    const { config: siteFile, broker, server: serverId, historian: isHistorian = false, data: dataFolder } = values;
    const brokerIndex = readCount(broker, 'broker', 0);
    const wanted = { siteFile, brokerIndex, serverId, isHistorian, dataFolder, ...choice };
    for await (const part of composeExaminations(wanted)) show(part);
  }
  const isOk = parts.every(({ steps }) => steps.every(({ ok }) => ok));
  if (values.json) print(JSON.stringify({ ok: isOk, parts }));
  return isOk ? EXIT.ok : EXIT.failed;
}
