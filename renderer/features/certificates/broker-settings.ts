/** Where brokers are told what the doctor found missing: the setting, and how it takes effect. */
export interface BrokerSetting {
  readonly broker: 'mosquitto' | 'EMQX' | 'HiveMQ';
  readonly lines: readonly string[];
}

const TRUST_US: readonly BrokerSetting[] = [
  { broker: 'mosquitto', lines: ['cafile /etc/mosquitto/ca.pem', 'require_certificate true', '# then restart it'] },
  {
    broker: 'EMQX',
    lines: ['listeners.ssl.default.ssl_options.cacertfile = "ca.pem"', 'emqx ctl listeners restart ssl:default'],
  },
  {
    broker: 'HiveMQ',
    lines: [
      'keytool -importcert -alias site -file ca.pem -keystore truststore.jks',
      '<client-authentication-mode>REQUIRED',
    ],
  },
];
const CLIENT_ID: readonly BrokerSetting[] = [
  { broker: 'mosquitto', lines: ['use_identity_as_username true'] },
  { broker: 'EMQX', lines: ['mqtt.peer_cert_as_clientid = cn'] },
  { broker: 'HiveMQ', lines: ['Enterprise Security Extension: <certificate-attribute>COMMON_NAME'] },
];
const ACCESS: readonly BrokerSetting[] = [
  {
    broker: 'mosquitto',
    lines: ['acl_file /etc/mosquitto/acl', 'user GROUP/NODE', 'topic readwrite spBv1.0/GROUP/+/NODE/#'],
  },
  { broker: 'EMQX', lines: ['{allow, all, all, ["spBv1.0/GROUP/+/${clientid}/#"]}.'] },
  { broker: 'HiveMQ', lines: ['<topic>spBv1.0/GROUP/+/NODE/#</topic>', '<activity>ALL</activity>'] },
];
const OWN_CERTIFICATE: readonly BrokerSetting[] = [
  { broker: 'mosquitto', lines: ['certfile /etc/mosquitto/cert.pem', 'keyfile /etc/mosquitto/key.pem'] },
  {
    broker: 'EMQX',
    lines: [
      'listeners.ssl.default.ssl_options.certfile = "cert.pem"',
      'listeners.ssl.default.ssl_options.keyfile = "key.pem"',
    ],
  },
  { broker: 'HiveMQ', lines: ['<keystore><path>keystore.jks</path></keystore> of the tls-tcp-listener'] },
];

const BY_CODE: Readonly<Record<string, readonly BrokerSetting[]>> = {
  'mqtt/client-cert-refused': TRUST_US,
  'mqtt/closed-before-connack': TRUST_US,
  'mqtt/refused-client-id': CLIENT_ID,
  'mqtt/refused-not-authorized': ACCESS,
  'mqtt/refused-topic': ACCESS,
  'certificates/host-name': OWN_CERTIFICATE,
  'certificates/expired': OWN_CERTIFICATE,
  'certificates/wrong-usage': OWN_CERTIFICATE,
  'certificates/none-shown': OWN_CERTIFICATE,
};

/** Settings of the usual brokers for a failed check of them; none where the fault is not theirs. */
export const toBrokerSettings = (step: string, code: string | undefined): readonly BrokerSetting[] =>
  step === 'our-files' || code === undefined ? [] : (BY_CODE[code] ?? []);
