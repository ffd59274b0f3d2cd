import { findIdFault } from '../../shared/config/sparkplug-name.ts';
import { SecretReader } from '../config/read-secrets.ts';
import type { BrokerAddress } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { SparkplugLinter } from '../sparkplug/lint/linter.ts';
import { abortOnStop } from './abort-on-stop.ts';
import { BROKER_OPTIONS, BROKER_USAGE, readBrokerOptions } from './broker-options.ts';
import { countFindings, describeLint, summarise } from './describe-lint.ts';
import { listenSparkplug } from './listen-sparkplug.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';
import { readRecording, type Recorded, RecordingWriter } from './sparkplug-recording.ts';

const USAGE = `lineside sparkplug lint ${BROKER_USAGE}
         [--group G] [--seconds N] [--record FILE] [--json]
       lineside sparkplug lint --file FILE [--json]`;
const PROGRESS_EVERY_MS = 10_000;

const OPTIONS = {
  ...BROKER_OPTIONS,
  file: { type: 'string' },
  group: { type: 'string' },
  seconds: { type: 'string' },
  record: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>;

const usageFault = (text: string): EngineError => new EngineError('cli/usage', `${text}\nusage: ${USAGE}`);

/** @throws EngineError `cli/usage`, `config/file-missing`, `config/secret-open-to-others` */
async function readAddress(values: Values): Promise<BrokerAddress> {
  const { broker, besides } = readBrokerOptions(values, USAGE);
  const secrets = new SecretReader(besides);
  const tls = await secrets.readTls(broker.tls, `broker ${broker.url}`);
  const password = await secrets.readPassword(broker.passwordFile, `password for ${broker.url}`);
  return {
    url: broker.url,
    ...(tls === undefined ? {} : { tls }),
    ...(broker.userName === undefined ? {} : { userName: broker.userName }),
    ...(password === undefined ? {} : { password }),
  };
}

/** The lint, told of everything that a recording can hold. */
class LintedTraffic {
  linter = new SparkplugLinter();

  take(recorded: Recorded): void {
    if (!('event' in recorded)) this.linter.take(recorded);
    else if (recorded.event === 'subscribed') this.linter.subscribedQos = recorded.qos ?? 1;
    else if (recorded.event === 'connection-lost') this.linter.forget();
    else if (recorded.event === 'retained-look-begins') this.linter.retainedLookBegins();
    else this.linter.retainedLookEnds(recorded.atMs);
  }
}

async function listen(values: Values, traffic: LintedTraffic): Promise<void> {
  const seconds = readCount(values.seconds, 'seconds', 1);
  const groupFault = values.group === undefined ? undefined : findIdFault(values.group);
  if (groupFault !== undefined) throw usageFault(`the group id ${groupFault}`);
  const address = await readAddress(values);
  const stopped = abortOnStop();
  const over = new AbortController();
  const cancel = seconds === undefined ? () => {} : systemClock.after(seconds * 1_000, () => over.abort());
  const recording = values.record === undefined ? undefined : new RecordingWriter(values.record);
  const stopTelling = systemClock.every(PROGRESS_EVERY_MS, () => {
    console.error(summarise(traffic.linter.report()));
    recording?.flush();
  });
  const take = (recorded: Recorded): void => {
    recording?.write(recorded);
    traffic.take(recorded);
  };
  try {
    const tell = (text: string): void => console.error(text);
    await listenSparkplug({
      address,
      group: values.group,
      clock: systemClock,
      signal: AbortSignal.any([stopped, over.signal]),
      take,
      tell,
    });
  } finally {
    cancel();
    stopTelling();
    recording?.close();
  }
}

/**
 * `lineside sparkplug lint`: holds the traffic of a broker, or a recording of it, against Sparkplug 3.0. It listens
 * only. Exit code 0 when no MUST is broken, 1 when one is.
 */
export async function runSparkplugLint(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  const { broker, file, json, ...forBroker } = values;
  if ((broker === undefined) === (file === undefined)) throw usageFault('name a broker or a recording');
  const surplus = Object.keys(forBroker)[0];
  if (file !== undefined && surplus !== undefined) throw usageFault(`--${surplus} goes with --broker`);
  const traffic = new LintedTraffic();
  if (file === undefined) await listen(values, traffic);
  else for await (const recorded of readRecording(file)) traffic.take(recorded);
  const report = traffic.linter.report();
  const counts = countFindings(report);
  if (json) {
    for (const finding of report.findings) print(JSON.stringify({ kind: 'finding', ...finding }));
    const { messageCount, uncountedCount, unseenBirths } = report;
    print(JSON.stringify({ kind: 'end', messageCount, ...counts, uncountedCount, unseenBirths }));
  } else print(describeLint(report));
  return counts.must > 0 ? EXIT.failed : EXIT.ok;
}
