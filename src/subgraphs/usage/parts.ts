import type { Database } from '../../database';
import type { OwnerId } from '../../domain/principal';
import type { Ledger } from '../../ledger';
import type { ResolutionIndex } from '../../resolution';
import type { UsageBounds } from './bounds';
import type { Standings } from './limits/reader';

/** What the services of this slice are made from. */
export interface UsageParts {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly index: ResolutionIndex;
  readonly standings: Standings;
  /** What an owner's backends and dashboards know a user by. */
  readonly pseudonyms: (ownerId: OwnerId, callerId: OwnerId) => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long records of calls are kept, in milliseconds. */
  readonly callRetentionMs: number;
  /** USAGE_BOUNDS where nothing is said. */
  readonly bounds?: UsageBounds;
}
