import { edgeRules } from './edge-rules.ts';
import { recordCounters } from './scenarios/counters.ts';
import { recordGateway } from './scenarios/gateway.ts';
import { recordKilled } from './scenarios/killed.ts';
import { recordRivals } from './scenarios/rivals.ts';
import { recordStructures } from './scenarios/structures.ts';
import { recordWalk } from './scenarios/walk.ts';
import { testRules } from './test-rules.ts';

testRules('edge', edgeRules, {
  gateway: recordGateway,
  counters: recordCounters,
  walk: recordWalk,
  rivals: recordRivals,
  killed: recordKilled,
  structures: recordStructures,
});
