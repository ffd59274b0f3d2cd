import type { Rule } from './rule.ts';
import { bdSeqRules } from './rules/bd-seq.ts';
import { birthRules } from './rules/births.ts';
import { commandRules } from './rules/commands.ts';
import { connectRules } from './rules/connect.ts';
import { dataRules } from './rules/data.ts';
import { dataSetRules } from './rules/datasets.ts';
import { descriptorRules } from './rules/descriptors.ts';
import { deviceRules } from './rules/devices.ts';
import { disconnectRules } from './rules/disconnect.ts';
import { flagRules } from './rules/flags.ts';
import { primaryHostRules } from './rules/primary-host.ts';
import { rebirthRules } from './rules/rebirth.ts';
import { sequenceRules } from './rules/sequence.ts';
import { templateRules } from './rules/templates.ts';
import { topicRules } from './rules/topics.ts';
import { valueRules } from './rules/values.ts';

/** How each assertion that binds the edge node is checked, in the order of our guide's sections. */
export const edgeRules: readonly Rule[] = [
  ...topicRules,
  ...descriptorRules,
  ...connectRules,
  ...bdSeqRules,
  ...flagRules,
  ...sequenceRules,
  ...birthRules,
  ...deviceRules,
  ...dataRules,
  ...rebirthRules,
  ...commandRules,
  ...primaryHostRules,
  ...disconnectRules,
  ...valueRules,
  ...dataSetRules,
  ...templateRules,
];
