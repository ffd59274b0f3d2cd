import type { EdgeSession } from '../../shared/domain/engine-snapshot.ts';
import { EventSource } from '../platform/event-source.ts';
import type { EdgeNodeCommand } from './edge-node-commands.ts';

/** What an edge node tells, for `EdgeNodeRunner`. */
export class EdgeNodeEvents {
  protected readonly sessionChanged = new EventSource<{ readonly session: EdgeSession }>();
  protected readonly born = new EventSource<void>();
  protected readonly deviceBorn = new EventSource<string>();
  protected readonly commanded = new EventSource<EdgeNodeCommand>();
  protected readonly hostOnlineChanged = new EventSource<boolean>();

  onSessionChanged(listener: (event: { readonly session: EdgeSession }) => void): () => void {
    return this.sessionChanged.on(listener);
  }

  onBorn(listener: () => void): () => void {
    return this.born.on(listener);
  }

  onDeviceBorn(listener: (deviceId: string) => void): () => void {
    return this.deviceBorn.on(listener);
  }

  onCommand(listener: (command: EdgeNodeCommand) => void): () => void {
    return this.commanded.on(listener);
  }

  onHostOnlineChanged(listener: (isOnline: boolean) => void): () => void {
    return this.hostOnlineChanged.on(listener);
  }
}
