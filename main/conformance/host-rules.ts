import type { Rule } from './rule.ts';
import { hostBirthRules } from './rules/host-births.ts';
import { hostCommandRules } from './rules/host-commands.ts';
import { hostConnectRules } from './rules/host-connect.ts';
import { hostDeathRules } from './rules/host-deaths.ts';
import { hostEndRules } from './rules/host-end.ts';
import { hostOrderRules } from './rules/host-order.ts';

/** How each assertion that binds the host is checked, in the order of our guide's sections. */
export const hostRules: readonly Rule[] = [
  ...hostConnectRules,
  ...hostBirthRules,
  ...hostEndRules,
  ...hostOrderRules,
  ...hostDeathRules,
  ...hostCommandRules,
];
