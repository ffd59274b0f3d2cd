#!/usr/bin/env node
import { EXIT, toExitCode } from './commands/read-arguments.ts';
import { describeError, isEngineError } from './platform/engine-error.ts';

const USAGE = `lineside <command>

  demo   [--headless] [--json] [--seconds N] [--data DIR] [--load N]
         the demo line, end to end; without --headless in a window
  plant  [--data DIR] [--load N] [--load-rate N] [--broker URL]
         only the simulated plant (server, broker, historian) and a site file that points to it
  check  --config FILE [--data DIR] [--json]
         parses a site file and asks every endpoint it names
  apply  --data DIR [--site FILE] [--by NAME] [--dry-run] [--json]
         applies the changed site file to the running gateway: only touched devices are born anew
  config revisions | show [N] | diff N [M] --data DIR [--json]
         every site that was in force here, with who changed it; one of them; what differs between two
  config rollback N --data DIR --config FILE [--by NAME] [--dry-run] [--json]
         makes an earlier site the one in force again; a gateway that runs applies it
  config people list|add|retire --data DIR [--id ID] [--name NAME] [--role viewer|operator|engineer] [--json]
         who assigns reasons, signs shifts and changes the configuration
  config reasons list|add|retire|export|import --data DIR [--id ID] [--name NAME]… [--parent ID] [--class CLASS] [--json]
         why machines may stand, as a tree
  queue  stats|list|losses|export|deadletters --data DIR [--search TEXT] [--max N] [--json]
         looks into the buffer of a gateway, running or stopped
  queue  purge --data DIR (--search TEXT | --device ID | --metric NAME | --before ISO | --all) [--yes] [--json]
         deletes rows that are not to be sent any more; the loss ledger names them
  queue  retry --data DIR [--yes] [--json]
         puts rows that were set aside and can be read back into the queue
  status --data DIR [--json] [--watch]
         how the gateway of a data folder is; exit code 0 healthy, 1 needs attention, 3 does not run
  historian migrate|status|refresh --config FILE [--json]
         makes or updates the schema of the historian; how it keeps its rows; brings late rows into the aggregates now
  historian rejected list|retry --config FILE [--machine ID] [--reason WORD] [--json]
         values that were set aside, by machine and reason; stores those whose time has come
  oee    [show] --config FILE [--machine ID|--line ID] [--from T --to T | --shift now|last|START] [--view vorne|iso]
         [--json|--csv]   shifts of a machine or the line, computed from the samples in the historian
  oee    explain --config FILE --machine ID [--shift …] [--figure ID] [--json]
         a figure of a shift, opened down to its samples
  oee    calc --file FILE|- [--json]
         A, P, Q, OEE and TEEP of numbers in a file, as exact fractions
  oee    report --config FILE (--line | --machine ID) [--shift ISO | DAY/NAME] [--format html|csv|pdf] --out FILE|-
         a shift as a page to print and sign, as a table with what its figures are made of, or as PDF
  opcua  discover URL [--json]
         which OPC UA servers and endpoints an address tells of, and which is the safest
  opcua  browse --config FILE --server ID | --url URL [--security POLICY|None] [--data DIR] [--root NODE] [--json]
         the address space of a server, a line for each node as it is found
  opcua  trust --data DIR [--thumbprint SHA] [--json]
         lists the server certificates this gateway trusts and has refused; trusts one
  certs  init|issue|renew|revoke --dir DIR …, request|install|show|doctor
         the site's certificate authority, what it has issued, when it ends; finds why a TLS connection fails
  sparkplug watch   --broker URL [--group G] [--node N] [--rebirth] [--seconds N] [--json]
         what a plant says, as a host understands it; publishes nothing, --rebirth asks for births not seen
  sparkplug command --broker URL --group G --node N [--device D] --metric NAME --value V | --rebirth
         writes a metric and waits for its echo; exit code 4 when it is not confirmed in time
  sparkplug forget-host --data DIR [--json]
         forgets how far ahead the clock of the primary host once was, where its STATE is ignored as old
  sparkplug lint --broker URL | --file FILE [--group G] [--seconds N] [--record FILE] [--json]
         listens to any Sparkplug traffic, or reads a recording, and says what breaks the specification;
         exit code 1 when a MUST is broken
`;

const print = (text: string): void => console.log(text);

/** Commands are loaded when asked for: the OPC UA library alone takes a second. */
async function run(command: string | undefined, words: readonly string[]): Promise<number> {
  switch (command) {
    case 'demo':
      return (await import('./commands/run-demo.ts')).runDemo(words, print);
    case 'plant':
      return (await import('./commands/run-plant.ts')).runPlant(words, print);
    case 'check':
      return (await import('./commands/run-check.ts')).runCheck(words, print);
    case 'apply':
      return (await import('./commands/run-apply.ts')).runApply(words, print);
    case 'config':
      return (await import('./commands/run-config.ts')).runConfig(words, print);
    case 'queue':
      return (await import('./commands/run-queue.ts')).runQueue(words, print);
    case 'status':
      return (await import('./commands/run-status.ts')).runStatus(words, print);
    case 'opcua':
      return (await import('./commands/run-opcua.ts')).runOpcua(words, print);
    case 'certs':
      return (await import('./commands/run-certs.ts')).runCerts(words, print);
    case 'sparkplug':
      return (await import('./commands/run-sparkplug.ts')).runSparkplug(words, print);
    case 'oee':
      return (await import('./commands/run-oee.ts')).runOee(words, print);
    case 'historian':
      return (await import('./commands/run-historian.ts')).runHistorian(words, print);
    case undefined:
    case 'help':
    case '--help':
      print(USAGE);
      return command === undefined ? EXIT.usage : EXIT.ok;
    default:
      console.error(`there is no command "${command}"\n\n${USAGE}`);
      return EXIT.usage;
  }
}

try {
  process.exitCode = await run(process.argv[2], process.argv.slice(3));
} catch (error) {
  console.error(isEngineError(error) ? `${error.message} (${error.code})` : error);
  process.exitCode = toExitCode(error);
  if (!isEngineError(error)) console.error(`this is a fault of the program: ${describeError(error)}`);
}
// A finished command leaves at once, since handles of native libraries may outlive it; but not before a slow reader of
// the pipe has all that was printed, or has gone away.
process.stdout.on('error', () => process.exit());
process.stdout.write('', () => process.exit());
