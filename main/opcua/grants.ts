import type { SubscriptionTerms, TagSubscription } from './tag-subscription.ts';

/** What one tag was asked and granted. */
interface ItemGrants {
  readonly asked: { readonly samplingIntervalMs: number; readonly queueSize: number; readonly hasDeadband: boolean };
  readonly granted: { readonly samplingIntervalMs: number; readonly queueSize: number };
  /** Why the server watches without the deadband that is configured. */
  readonly deadbandRefusal: string | undefined;
}

/** What one subscription was asked and granted, with all its tags by tag id. */
export interface SubscriptionGrants {
  readonly subscriptionId: number;
  readonly asked: SubscriptionTerms;
  readonly granted: SubscriptionTerms;
  readonly items: Readonly<Record<string, ItemGrants>>;
}

/** A picture of now, for the diagnosis. */
export const describeGrants = ({ id, asked, granted, items }: TagSubscription): SubscriptionGrants => ({
  subscriptionId: id,
  asked,
  granted,
  items: Object.fromEntries(
    items.watched.map((entry) => [
      entry.resolved.tag.tagId,
      { asked: entry.asked, granted: entry.granted, deadbandRefusal: entry.deadbandRefusal },
    ]),
  ),
});
