import { hostRules } from './host-rules.ts';
import { recordHostCommands } from './scenarios/host-commands.ts';
import { recordHostLife } from './scenarios/host-life.ts';
import { recordHostOrder } from './scenarios/host-order.ts';
import { testRules } from './test-rules.ts';

testRules('host', hostRules, {
  life: recordHostLife,
  'order 300 ms': recordHostOrder(300),
  'order 900 ms': recordHostOrder(900),
  commands: recordHostCommands,
});
