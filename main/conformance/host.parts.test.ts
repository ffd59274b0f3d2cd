import { hostRules } from './host-rules.ts';
import { recordHostCommands } from './scenarios/host-commands.ts';
import { recordHostLife, recordHostReadiness } from './scenarios/host-life.ts';
import { recordHostOrder } from './scenarios/host-order.ts';
import { testRules } from './test-rules.ts';

testRules('host', hostRules, {
  life: recordHostLife,
  readiness: recordHostReadiness,
  'order 300 ms': recordHostOrder(300),
  'order 900 ms': recordHostOrder(900),
  commands: recordHostCommands,
});
