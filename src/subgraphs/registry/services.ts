import type { Database } from '../../database';
import type { Ledger } from '../../ledger';
import type { Receipts } from '../../receipts';
import type { PastResolution, ResolutionIndex } from '../../resolution';

/** What the services of this slice are made from. */
export interface RegistryParts {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly index: ResolutionIndex;
  readonly past: PastResolution;
  readonly receipts: Pick<Receipts, 'signAll'>;
  readonly addresses: BackendAddresses;
}

/** Refuses backends at addresses that only we should reach. */
export interface BackendAddresses {
  /** @throws AlgogateError BACKEND_FORBIDDEN, INVALID_INPUT */
  check(url: string): void;
}
