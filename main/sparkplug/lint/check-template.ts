import { isBirth, type LookedAt } from './looked-at.ts';
import type { TemplateDefinition } from './node-state.ts';
import { fieldsOf, lastOf, type RawField, readRawFields, textOf, uint32Of } from './raw-fields.ts';
import { findScalarFault, findScalarPlace, isBasicType } from './scalar-fields.ts';

const MAX_DEPTH = 12;
/** Some senders keep definitions in this folder and refer to them without it. */
const DEFINITIONS_FOLDER = '_types_/';

const nameOf = (fields: readonly RawField[]): string => {
  const field = lastOf(fields, 1);
  return field === undefined ? '' : textOf(field);
};

const namesOf = (fields: readonly RawField[], number: number): string[] =>
  fieldsOf(fields, number).map(({ bytes }) => nameOf(readRawFields(bytes)));

const isDefinition = (fields: readonly RawField[]): boolean => (lastOf(fields, 5)?.varint ?? 0n) !== 0n;

/** Remembers the definitions of an NBIRTH; before its instances are looked at, which may stand before them. */
export function learnDefinition({ node }: LookedAt, name: string, bytes: Uint8Array): void {
  const fields = readRawFields(bytes);
  if (!isDefinition(fields)) return;
  node.templates.set(name, { members: new Set(namesOf(fields, 2)), parameters: new Set(namesOf(fields, 3)) });
}

/** A template, from its bytes, with the templates among its members. */
export function checkTemplate(looked: LookedAt, bytes: Uint8Array, name: string, depth = 0): void {
  const { verb, report } = looked;
  const fields = readRawFields(bytes);
  if (lastOf(fields, 5) === undefined) {
    report('template-marked', `template ${name} has no is_definition, required is true or false`, name);
  }
  if (fieldsOf(fields, 1).some(({ wireType }) => wireType !== 2)) {
    report('template-version', `the version of template ${name} is no string`, name);
  }
  const refField = lastOf(fields, 4);
  if (isDefinition(fields)) {
    if (verb !== 'NBIRTH') report('template-place', `${verb} holds the definition ${name}, required is NBIRTH`, name);
    if (refField !== undefined) report('template-definition-ref', `the definition ${name} has a template_ref`, name);
  } else if (refField === undefined || refField.bytes.length === 0) {
    report('template-instance-ref', `the instance ${name} has no template_ref, required is its definition`, name);
  } else checkInstance(looked, fields, textOf(refField), name);
  for (const parameter of fieldsOf(fields, 3)) checkParameter(looked, readRawFields(parameter.bytes), name);
  if (depth >= MAX_DEPTH) return;
  for (const member of fieldsOf(fields, 2)) {
    const memberFields = readRawFields(member.bytes);
    const nested = lastOf(memberFields, 18);
    if (nested !== undefined) checkTemplate(looked, nested.bytes, `${name}/${nameOf(memberFields)}`, depth + 1);
  }
}

function checkInstance(looked: LookedAt, fields: readonly RawField[], ref: string, name: string): void {
  const { node, verb, report } = looked;
  const definition = node.templates.get(ref) ?? node.templates.get(DEFINITIONS_FOLDER + ref);
  if (definition !== undefined) checkParts(looked, fields, definition, name);
  else if (node.session === 'alive' || verb === 'NBIRTH') {
    report('template-unknown', `the instance ${name} refers to ${ref}, which the NBIRTH does not define`, name);
  }
}

function checkParts(looked: LookedAt, fields: readonly RawField[], definition: TemplateDefinition, name: string): void {
  const { verb, report } = looked;
  const members = namesOf(fields, 2);
  // In data a member may come by its alias alone.
  const stranger = members.find((member) => member !== '' && !definition.members.has(member));
  if (stranger !== undefined) {
    report('template-member', `the instance ${name} has the member ${stranger}, which its definition has not`, name);
  }
  const missing = [...definition.members].find((member) => !members.includes(member));
  if (isBirth(verb) && missing !== undefined) {
    report(
      'template-member-missing',
      `the instance ${name} lacks the member ${missing}, required are all in a birth`,
      name,
    );
  }
  const parameter = namesOf(fields, 3).find((known) => !definition.parameters.has(known));
  if (parameter !== undefined) {
    report(
      'template-parameter',
      `the instance ${name} has the parameter ${parameter}, which its definition has not`,
      name,
    );
  }
}

function checkParameter({ verb, report }: LookedAt, fields: readonly RawField[], name: string): void {
  const nameField = lastOf(fields, 1);
  if (nameField === undefined || nameField.bytes.length === 0) {
    report('parameter-name', `a parameter of ${name} has no name, required is one`, name);
  }
  const typeField = lastOf(fields, 2);
  if (typeField === undefined) {
    if (isBirth(verb)) report('parameter-type', `a parameter of ${name} has no type, required is one in a birth`, name);
    return;
  }
  const type = uint32Of(typeField);
  if (typeField.wireType !== 0 || !isBasicType(type)) {
    report('parameter-type', `a parameter of ${name} has type ${type}, required is 1 to 14`, name);
    return;
  }
  // One without a value is null, as in a definition without default.
  const hasOther = fields.some(({ number }) => number > 2);
  if (findScalarPlace(fields, 3) === -1 && !hasOther) return;
  const fault = findScalarFault(fields, 3, type);
  if (fault !== undefined) report('parameter-value', `a parameter of ${name} ${fault}`, name);
}
