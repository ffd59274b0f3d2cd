import { connect as connectNet, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { BrokerAddress, BrokerEndpoint } from './broker-address.ts';
import { toConnectFailure } from './connect-failure.ts';

const TCP_PROBE_AFTER_MS = 30_000;

/**
 * TCP connection with TCP_NODELAY: without it each barrier waits 40 ms for the delayed acknowledgement of
 * the other side. Aborting `signal` destroys it, also later; its owner must not abort after handing it on.
 */
export function connectTcp(endpoint: BrokerEndpoint, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectNet({
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE_AFTER_MS,
      signal,
    });
    const onError = (error: Error): void => reject(toConnectFailure(error, endpoint, 'tcp'));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

/** TLS 1.2 or newer over `socket`; trusts `tls.ca` alone and checks the host name. */
export function startTls(
  socket: Socket,
  endpoint: BrokerEndpoint,
  tls: NonNullable<BrokerAddress['tls']>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.destroy();
      reject(toConnectFailure(error, endpoint, 'tls'));
    };
    try {
      const secure = connectTls({
        socket,
        host: endpoint.host,
        // An IP address must not be sent as a server name (RFC 6066, section 3); it is checked all the same.
        ...(isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {}),
        ca: tls.ca,
        cert: tls.cert,
        key: tls.key,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
      });
      const onClose = (): void => onError(new Error('closed during the TLS handshake'));
      secure.once('error', onError);
      secure.once('close', onClose);
      secure.once('secureConnect', () => {
        secure.off('error', onError);
        secure.off('close', onClose);
        resolve(secure);
      });
    } catch (error) {
      onError(error as Error);
    }
  });
}

/** Ready connection to the broker, with TLS where the address asks for it. Rejects with a coded EngineError. */
export async function connectBroker(
  address: BrokerAddress,
  endpoint: BrokerEndpoint,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await connectTcp(endpoint, signal);
  return endpoint.isTls && address.tls ? startTls(socket, endpoint, address.tls) : socket;
}
