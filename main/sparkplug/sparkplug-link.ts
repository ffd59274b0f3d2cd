/**
 * What Sparkplug needs of an MQTT connection; `main/mqtt` makes the real one. One link is one MQTT session: it never
 * reconnects, queues nothing while away and subscribes to nothing by itself.
 */
export interface SparkplugLink {
  /**
   * Hands the message to the connection before it returns, so that calls keep their order; resolves when it is
   * written (QoS 0) or acknowledged (QoS 1).
   */
  publish(
    topic: string,
    payload: Uint8Array | string,
    options: { readonly qos: 0 | 1; readonly retain: boolean },
  ): Promise<void>;
  /** Subscribes at QoS 1; resolves with the granted QoS per filter, 128 or more where it was refused. */
  subscribe(filters: readonly string[]): Promise<readonly number[]>;
  /** Resolves when the broker has taken everything published before this call. */
  barrier(): Promise<void>;
  onMessage(listener: (message: LinkMessage) => void): () => void;
  /** The connection is gone, for whatever reason; told once. */
  onClosed(listener: (reason: LinkClosed) => void): () => void;
  /** Sends what is still to be written, then DISCONNECT. */
  close(): Promise<void>;
  /** Breaks the connection without DISCONNECT, so that the broker publishes the Will. */
  drop(): void;
}

export interface LinkMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker kept it for new subscribers; it says nothing about the present. */
  readonly isRetained: boolean;
}

export interface LinkClosed {
  readonly code: string;
  readonly text: string;
}

/** One CONNECT: clean session always (tck-id-principles-persistence-clean-session-311). */
export interface LinkRequest {
  readonly clientId: string;
  readonly keepAliveS: number;
  readonly will: {
    readonly topic: string;
    readonly payload: Uint8Array | string;
    readonly qos: 1;
    readonly retain: boolean;
  };
}

/**
 * Opens a connection to the broker of that place in the list; rejects with an EngineError `mqtt/...`, among them
 * `mqtt/unreachable` and `mqtt/dns`, after which no CONNECT has been sent.
 */
export type OpenLink = (brokerIndex: number, request: LinkRequest) => Promise<SparkplugLink>;

/** Small facts that outlive the process: the last bdSeq, the last STATE timestamp. */
export interface SessionMemory {
  readSetting(key: string): Promise<string | undefined>;
  writeSetting(key: string, value: string): Promise<void>;
}
