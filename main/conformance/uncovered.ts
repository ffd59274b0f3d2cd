import type { AssertionId } from '../sparkplug/assertions.ts';

interface Gap {
  readonly ids: readonly AssertionId[];
  /** Why no check of ours can say anything of them. */
  readonly reason: string;
}

/** The assertions that bind our edge node or our host and that no check covers. The list is closed: a test counts it. */
export const uncovered: readonly Gap[] = [
  {
    ids: [
      'tck-id-payloads-dataset-column-size',
      'tck-id-payloads-dataset-column-num-headers',
      'tck-id-payloads-dataset-types-def',
      'tck-id-payloads-dataset-types-num',
      'tck-id-payloads-dataset-types-type',
      'tck-id-payloads-dataset-types-value',
      'tck-id-payloads-dataset-parameter-type-req',
      'tck-id-payloads-template-dataset-value',
    ],
    reason: 'our gateway sends no DataSet',
  },
  {
    ids: [
      'tck-id-payloads-template-definition-is-definition',
      'tck-id-payloads-template-is-definition-definition',
      'tck-id-payloads-template-is-definition',
      'tck-id-payloads-template-definition-ref',
      'tck-id-payloads-template-ref-definition',
      'tck-id-payloads-template-definition-members',
      'tck-id-payloads-template-definition-parameters',
      'tck-id-payloads-template-definition-parameters-default',
      'tck-id-payloads-template-instance-is-definition',
      'tck-id-payloads-template-is-definition-instance',
      'tck-id-payloads-template-instance-ref',
      'tck-id-payloads-template-ref-instance',
      'tck-id-payloads-template-instance-members',
      'tck-id-payloads-template-instance-members-birth',
      'tck-id-payloads-template-instance-members-data',
      'tck-id-payloads-template-instance-parameters',
      'tck-id-payloads-template-version',
      'tck-id-payloads-template-parameter-name-required',
      'tck-id-payloads-template-parameter-name-type',
      'tck-id-payloads-template-parameter-value-type',
      'tck-id-payloads-template-parameter-type-value',
      'tck-id-payloads-template-parameter-type-req',
      'tck-id-payloads-template-parameter-value',
    ],
    reason: 'our gateway sends no template',
  },
  {
    ids: ['tck-id-topics-dcmd-topic', 'tck-id-message-flow-device-dcmd-subscribe'],
    reason: 'no device of our gateway can be written to',
  },
];
