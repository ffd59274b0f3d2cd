/** Facts of a certificate a person compares before trusting it. Hex digits are lower case. */
export interface DiscoveredCertificate {
  readonly subject: string;
  readonly sha1: string;
  readonly sha256: string;
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** At the time of asking, on the clock of this computer. */
  readonly isInDate: boolean;
}

/** One way to connect, as a server tells it to anyone who asks. */
export interface DiscoveredEndpoint {
  /** As the server tells it. */
  readonly url: string;
  /** The one to put into a site file; another than `url` when its host is of no use from here. */
  readonly usableUrl: string;
  /** Why `usableUrl` is another; `null` when it is the same. */
  readonly urlHint: string | null;
  /** `None`, `Sign`, `SignAndEncrypt`, or what the server calls it. */
  readonly securityMode: string;
  readonly securityPolicy: string;
  /** 0 … 255, the server's own opinion. */
  readonly securityLevel: number;
  readonly userTokenTypes: readonly string[];
  /** `null` when there is none or it cannot be read. */
  readonly certificate: DiscoveredCertificate | null;
  /** Lineside can connect with this mode, policy and transport. */
  readonly isSupported: boolean;
  /** The safest of those that are supported; never one without security. At most one per server. */
  readonly isRecommended: boolean;
}

export interface DiscoveredServer {
  readonly applicationUri: string;
  readonly applicationName: string;
  readonly applicationType: string;
  readonly discoveryUrls: readonly string[];
  readonly endpoints: readonly DiscoveredEndpoint[];
  /** Why the endpoints are not known; `null` when they are. */
  readonly fault: { readonly code: string; readonly text: string } | null;
}

export interface Discovery {
  readonly askedUrl: string;
  /** Discovery has no security (OPC 10000-4, 5.5.1): all of it may be forged, nothing is trusted by it. */
  readonly isAuthenticated: false;
  readonly servers: readonly DiscoveredServer[];
  /** Servers and endpoints beyond our bounds, not shown. */
  readonly leftOutCount: number;
}
