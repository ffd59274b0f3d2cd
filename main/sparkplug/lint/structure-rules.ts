import { must } from './rule.ts';

/** Property sets, data sets and templates inside a metric. Checked in check-properties.ts, check-dataset.ts and
 * check-template.ts on the bytes as sent. */
export const STRUCTURE_RULES = {
  'property-count': must('Write one property value for each property key.', [
    'tck-id-payloads-propertyset-keys-array-size',
    'tck-id-payloads-propertyset-values-array-size',
  ]),
  'property-type': must('Give each property its type, a code 1 to 14, or 20 and 21 for nested sets.', [
    'tck-id-payloads-metric-propertyvalue-type-type',
    'tck-id-payloads-metric-propertyvalue-type-value',
    'tck-id-payloads-metric-propertyvalue-type-req',
  ]),
  'property-value': must('Write the value of a property into the field of its type, or is_null=true.', [
    'tck-id-payloads-metric-propertyvalue-type-value',
  ]),
  'quality-type': must('Send the property Quality as Int32 (type 3) in int_value.', [
    'tck-id-payloads-propertyset-quality-value-type',
  ]),
  'quality-value': must('Send 0 (bad), 192 (good) or 500 (stale) as Quality.', [
    'tck-id-payloads-propertyset-quality-value-value',
  ]),
  'dataset-columns': must('Write num_of_columns, and as many column names.', [
    'tck-id-payloads-dataset-column-size',
    'tck-id-payloads-dataset-column-num-headers',
  ]),
  'dataset-types': must('Write one type for each column, a code 1 to 14.', [
    'tck-id-payloads-dataset-types-def',
    'tck-id-payloads-dataset-types-num',
    'tck-id-payloads-dataset-types-type',
    'tck-id-payloads-dataset-types-value',
    'tck-id-payloads-dataset-parameter-type-req',
  ]),
  'dataset-rows': must('Write one cell for each column into every row.', [
    'tck-id-payloads-dataset-column-num-headers',
  ]),
  'dataset-cell': must('Write each cell into the one of the six scalar fields that belongs to its column’s type.', [
    'tck-id-payloads-template-dataset-value',
  ]),
  'template-marked': must('Write is_definition into every template, false as well as true.', [
    'tck-id-payloads-template-is-definition',
  ]),
  'template-place': must('Put template definitions into NBIRTH only.', [
    'tck-id-payloads-template-definition-nbirth-only',
  ]),
  'template-definition-ref': must('Leave template_ref out of a template definition.', [
    'tck-id-payloads-template-definition-ref',
    'tck-id-payloads-template-ref-definition',
  ]),
  'template-instance-ref': must('Give each template instance the name of its definition in template_ref.', [
    'tck-id-payloads-template-instance-ref',
    'tck-id-payloads-template-ref-instance',
  ]),
  'template-unknown': must('Put the definition of every template that is used into NBIRTH.', [
    'tck-id-topics-nbirth-templates',
    'tck-id-payloads-template-definition-nbirth',
  ]),
  'template-member': must('Use in an instance only members that its definition has.', [
    'tck-id-payloads-template-instance-members',
    'tck-id-payloads-template-definition-members',
  ]),
  'template-member-missing': must('Write all members of the definition into an instance in a birth.', [
    'tck-id-payloads-template-instance-members-birth',
  ]),
  'template-parameter': must('List in the definition every parameter that an instance has.', [
    'tck-id-payloads-template-definition-parameters',
    'tck-id-payloads-template-instance-parameters',
  ]),
  'template-version': must('Send the version of a template as a string.', ['tck-id-payloads-template-version']),
  'parameter-name': must('Give every template parameter a name.', [
    'tck-id-payloads-template-parameter-name-required',
    'tck-id-payloads-template-parameter-name-type',
  ]),
  'parameter-type': must('Give every template parameter in a birth its type, a code 1 to 14.', [
    'tck-id-payloads-template-parameter-value-type',
    'tck-id-payloads-template-parameter-type-value',
    'tck-id-payloads-template-parameter-type-req',
  ]),
  'parameter-value': must('Write the value of a parameter into the scalar field of its type.', [
    'tck-id-payloads-template-parameter-value',
  ]),
} as const;
