import type { AssertionId } from '../../sparkplug/assertions.ts';
import { inMetric, type Mutant } from '../mutant.ts';
import type { WitnessMetric, WitnessParameter, WitnessTemplate } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, type Rule, unless } from '../rule.ts';
import { type Message, metrics, nameMessage, published } from '../select.ts';

/** Guide 1.12: templates. Our gateway has none; what our codec makes of them is checked on the wire. */

const LAST_BASIC_TYPE = 15;
const VALUE_FIELDS = ['intValue', 'longValue', 'floatValue', 'doubleValue', 'booleanValue', 'stringValue'];

interface Found {
  readonly message: Message;
  readonly name: string | undefined;
  readonly template: WitnessTemplate;
  /** What the NBIRTH defines under the name that an instance refers to. */
  readonly definition: WitnessTemplate | undefined;
}

const isDefinition = ({ template }: WitnessMetric): boolean => template?.isDefinition === true;
const isInstance = ({ template }: WitnessMetric): boolean => template?.isDefinition === false;

function templates(recording: Recording): readonly Found[] {
  const definitions = new Map(
    metrics('NBIRTH')(recording).map(({ metric: { name, template } }) => [name, template] as const),
  );
  return metrics()(recording).flatMap(({ message, metric: { name, template } }) =>
    template === undefined ? [] : [{ message, name, template, definition: definitions.get(template.templateRef) }],
  );
}

const judged = (fits: (found: Found) => boolean, judge: (found: Found) => string | undefined): Check =>
  every(
    (recording) => templates(recording).filter(fits),
    ({ message, name }) => `${nameMessage(message)}, ${name}`,
    judge,
  );

/** What is no instance is a definition, also where it does not say so. */
const definitions = (judge: (template: WitnessTemplate, found: Found) => string | undefined): Check =>
  judged(
    ({ message, template }) => message.verb === 'NBIRTH' && template.templateRef === undefined,
    (found) => judge(found.template, found),
  );
const instances = (judge: (template: WitnessTemplate, found: Found) => string | undefined): Check =>
  judged(
    ({ message }) => message.verb !== 'NBIRTH',
    (found) => judge(found.template, found),
  );
const anyTemplate = (judge: (template: WitnessTemplate) => string | undefined): Check =>
  judged(
    () => true,
    ({ template }) => judge(template),
  );
const anyParameter = (judge: (parameter: WitnessParameter) => string | undefined): Check =>
  every(
    (recording) => templates(recording).flatMap(({ template }) => template.parameters),
    ({ name }) => `parameter ${name}`,
    judge,
  );

type Change = (template: WitnessTemplate) => Partial<WitnessTemplate>;
const inTemplate = (verb: string, fault: string, fits: (metric: WitnessMetric) => boolean, change: Change): Mutant =>
  inMetric(verb, `template: ${fault}`, fits, ({ template }) => ({
    template: template && { ...template, ...change(template) },
  }));
const inDefinition = (fault: string, change: Change): Mutant => inTemplate('NBIRTH', fault, isDefinition, change);
const inInstance = (fault: string, change: Change): Mutant => inTemplate('DBIRTH', fault, isInstance, change);
const inParameters = (fault: string, change: Partial<WitnessParameter>): Mutant =>
  inDefinition(fault, ({ parameters }) => ({ parameters: parameters.map((one) => ({ ...one, ...change })) }));

const namesOf = (list: readonly { readonly name: string | undefined }[]): readonly (string | undefined)[] =>
  list.map(({ name }) => name);
const isWithin = (names: readonly unknown[], known: readonly unknown[]): boolean =>
  names.every((name) => known.includes(name));

const membersKnown = instances(({ members }, { definition }) =>
  unless(
    definition !== undefined && isWithin(namesOf(members), namesOf(definition.members)),
    'has a member of its own',
  ),
);
const parametersKnown = instances(({ parameters }, { definition }) =>
  unless(
    definition !== undefined && isWithin(namesOf(parameters), namesOf(definition.parameters)),
    'has a parameter of its own',
  ),
);
const refers = instances(({ templateRef }, { definition }) =>
  unless(definition?.isDefinition === true, `refers to ${templateRef}, which no NBIRTH defines`),
);
const strangeMember = inInstance('has a member that the definition lacks', ({ members }) => ({
  members: members.map((one) => ({ ...one, name: `${one.name}2` })),
}));
const strangeParameter = inInstance('has a parameter that the definition lacks', ({ parameters }) => ({
  parameters: parameters.map((one) => ({ ...one, name: `${one.name}2` })),
}));

const rule = (ids: readonly AssertionId[], says: string, check: Check, ...mutants: readonly Mutant[]): Rule => ({
  ids,
  says,
  check,
  mutants,
});

export const templateRules: readonly Rule[] = [
  rule(
    [
      'tck-id-payloads-template-definition-nbirth',
      'tck-id-payloads-template-definition-nbirth-only',
      'tck-id-topics-nbirth-templates',
    ],
    'each template that is used has its definition in the NBIRTH, and definitions stand nowhere else',
    all(
      refers,
      judged(
        ({ template }) => template.isDefinition === true,
        ({ message }) => unless(message.verb === 'NBIRTH', 'stands elsewhere'),
      ),
    ),
    inInstance('its definition is missing', () => ({ templateRef: 'unknown' })),
    inInstance('is a definition', () => ({ isDefinition: true })),
  ),
  rule(
    ['tck-id-payloads-template-definition-is-definition', 'tck-id-payloads-template-is-definition-definition'],
    'each definition says is_definition true',
    definitions(({ isDefinition: says }) => unless(says === true, `says ${says}`)),
    inDefinition('says it is none', () => ({ isDefinition: false })),
  ),
  rule(
    ['tck-id-payloads-template-is-definition'],
    'each template says whether it is a definition',
    anyTemplate(({ isDefinition: says }) => unless(says !== undefined, 'does not say it')),
    inDefinition('does not say what it is', () => ({ isDefinition: undefined })),
    inInstance('does not say what it is', () => ({ isDefinition: undefined })),
  ),
  rule(
    ['tck-id-payloads-template-definition-ref', 'tck-id-payloads-template-ref-definition'],
    'a definition has no template_ref',
    judged(
      ({ message }) => message.verb === 'NBIRTH',
      ({ template }) => unless(template.templateRef === undefined, 'has one'),
    ),
    inDefinition('has a reference', () => ({ templateRef: 'other' })),
  ),
  rule(
    ['tck-id-payloads-template-definition-members'],
    'a definition has all members that its instances have',
    membersKnown,
    inDefinition('lacks a member', ({ members }) => ({ members: members.slice(1) })),
  ),
  rule(
    ['tck-id-payloads-template-definition-parameters'],
    'a definition has all parameters that its instances have',
    parametersKnown,
    inDefinition('lacks a parameter', ({ parameters }) => ({ parameters: parameters.slice(1) })),
  ),
  rule(
    ['tck-id-payloads-template-definition-parameters-default'],
    'a parameter of a definition may have a default value: it arrives in one of the scalar fields',
    definitions(({ parameters }) =>
      unless(
        parameters.some(({ valueField }) => VALUE_FIELDS.includes(valueField ?? '')),
        'lost its default',
      ),
    ),
    inParameters('its default is lost', { valueField: undefined }),
  ),
  rule(
    ['tck-id-payloads-template-instance-is-definition', 'tck-id-payloads-template-is-definition-instance'],
    'each instance says is_definition false',
    instances(({ isDefinition: says }) => unless(says === false, `says ${says}`)),
    inInstance('says it is a definition', () => ({ isDefinition: true })),
  ),
  rule(
    ['tck-id-payloads-template-instance-ref', 'tck-id-payloads-template-ref-instance'],
    'each instance refers to a definition of the NBIRTH by its name',
    refers,
    inInstance('refers to nothing', () => ({ templateRef: undefined })),
    inInstance('refers to another one', () => ({ templateRef: 'unknown' })),
  ),
  rule(
    ['tck-id-payloads-template-instance-members'],
    'an instance has members of its definition only',
    membersKnown,
    strangeMember,
  ),
  rule(
    ['tck-id-payloads-template-instance-members-birth'],
    'an instance in a birth has all members of its definition',
    judged(
      ({ message }) => message.verb === 'DBIRTH',
      ({ template, definition }) =>
        unless(
          definition !== undefined && isWithin(namesOf(definition.members), namesOf(template.members)),
          'lacks a member',
        ),
    ),
    inInstance('lacks a member', ({ members }) => ({ members: members.slice(1) })),
  ),
  rule(
    ['tck-id-payloads-template-instance-members-data'],
    'an instance in data may have some members only: it arrives as it was sent',
    all(
      membersKnown,
      judged(
        ({ message }) => message.verb === 'DDATA',
        ({ template, definition }) =>
          unless(
            template.members.length > 0 && template.members.length < (definition?.members.length ?? 0),
            'is no part',
          ),
      ),
    ),
    inTemplate('DDATA', 'loses its members', isInstance, () => ({ members: [] })),
  ),
  rule(
    ['tck-id-payloads-template-instance-parameters'],
    'an instance may have parameters, those of its definition',
    all(
      parametersKnown,
      every(
        (recording) =>
          templates(recording).filter(
            ({ message, template }) => message.verb === 'DBIRTH' && template.parameters.length > 0,
          ),
        () => '',
        () => undefined,
      ),
    ),
    strangeParameter,
  ),
  rule(
    ['tck-id-payloads-template-version'],
    'the version of a template is a text in UTF-8',
    judged(
      ({ template }) => template.version !== undefined,
      ({ template: { version = '' } }) => unless(!version.includes('\ufffd'), 'is no text'),
    ),
    inDefinition('its version is no UTF-8', () => ({ version: '\ufffd' })),
  ),
  rule(
    ['tck-id-payloads-template-parameter-name-required'],
    'each parameter has a name',
    anyParameter(({ name }) => unless(name !== undefined && name !== '', 'has no name')),
    inParameters('a parameter has no name', { name: undefined }),
  ),
  rule(
    ['tck-id-payloads-template-parameter-name-type'],
    'the name of each parameter is a text in UTF-8',
    anyParameter(({ name = '\ufffd' }) => unless(!name.includes('\ufffd'), 'is no text')),
    inParameters('the name of a parameter is no UTF-8', { name: '\ufffd' }),
  ),
  rule(
    [
      'tck-id-payloads-template-parameter-value-type',
      'tck-id-payloads-template-parameter-type-value',
      'tck-id-payloads-template-parameter-type-req',
    ],
    'each parameter has a basic type, a number of 32 bits',
    anyParameter(({ type = -1 }) => unless(type >= 1 && type <= LAST_BASIC_TYPE, `type ${type}`)),
    inParameters('a parameter has no type', { type: undefined }),
    inParameters('a parameter is a template', { type: 19 }),
  ),
  rule(
    ['tck-id-payloads-template-parameter-value'],
    'the value of each parameter stands in one of the six scalar fields',
    all(
      anyParameter(({ valueField }) =>
        unless(valueField === undefined || VALUE_FIELDS.includes(valueField), 'stands elsewhere'),
      ),
      every(
        (recording) => published('DBIRTH')(recording).filter(({ payload }) => payload?.metrics.some(isInstance)),
        nameMessage,
        ({ payload }) =>
          unless(
            payload?.metrics.some(({ template }) =>
              template?.parameters.some(({ valueField }) => valueField !== undefined),
            ) ?? false,
            'has no value',
          ),
      ),
    ),
    inParameters('its value is an extension', { valueField: 'extensionValue' }),
  ),
];
