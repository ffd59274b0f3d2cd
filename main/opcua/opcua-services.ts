import type {
  ClientSession,
  CreateMonitoredItemsRequestOptions,
  CreateMonitoredItemsResponse,
  CreateSubscriptionRequestOptions,
  CreateSubscriptionResponse,
  DeleteMonitoredItemsRequestOptions,
  DeleteSubscriptionsRequestOptions,
  ModifyMonitoredItemsRequestOptions,
  ModifyMonitoredItemsResponse,
  PublishRequest,
  PublishResponse,
  RepublishRequest,
  RepublishResponse,
  StatusCode,
  TransferSubscriptionsRequestOptions,
  TransferSubscriptionsResponse,
} from 'node-opcua';
import { describeError } from '../platform/engine-error.ts';

/**
 * The subscription services as they are (OPC 10000-4, 5.13 and 5.14). node-opcua's own subscriptions are not
 * used: their Republish skips the message that follows a keep-alive, and a number that is missing is not noticed.
 */
export interface OpcuaServices {
  createSubscription(request: CreateSubscriptionRequestOptions): Promise<CreateSubscriptionResponse>;
  createMonitoredItems(request: CreateMonitoredItemsRequestOptions): Promise<CreateMonitoredItemsResponse>;
  modifyMonitoredItems(request: ModifyMonitoredItemsRequestOptions): Promise<ModifyMonitoredItemsResponse>;
  deleteMonitoredItems(request: DeleteMonitoredItemsRequestOptions): Promise<unknown>;
  deleteSubscriptions(request: DeleteSubscriptionsRequestOptions): Promise<unknown>;
  transferSubscriptions(request: TransferSubscriptionsRequestOptions): Promise<TransferSubscriptionsResponse>;
  publish(request: PublishRequest): Promise<PublishResponse>;
  republish(request: RepublishRequest): Promise<RepublishResponse>;
}

/** Every session has these services; node-opcua leaves them out of the type of a session. */
export const servicesOf = (session: ClientSession): OpcuaServices => session as unknown as OpcuaServices;

const STATUS_TEXT = /^(Bad\w+) \(0x[0-9a-f]{8}\)$/i;

/** Name of the status with which the server refused a call, e.g. `BadSessionIdInvalid`; undefined = no answer. */
export function faultNameOf(error: unknown): string | undefined {
  const { response } = error as { response?: { responseHeader?: { serviceResult?: StatusCode } } };
  // For ActivateSession node-opcua keeps the status only in the text.
  return response?.responseHeader?.serviceResult?.name ?? STATUS_TEXT.exec(describeError(error))?.[1];
}
