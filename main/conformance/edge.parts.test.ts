import { edgeRules } from './edge-rules.ts';
import { recordCounters } from './scenarios/counters.ts';
import { recordGateway } from './scenarios/gateway.ts';
import { recordWalk } from './scenarios/walk.ts';
import { testRules } from './test-rules.ts';

testRules('the edge node', edgeRules, { gateway: recordGateway, counters: recordCounters, walk: recordWalk });
