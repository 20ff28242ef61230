import { CreateRegistry1763600000000 } from './1763600000000-create-registry';
import { CreateLedger1763600001000 } from './1763600001000-create-ledger';
import { CreateCalls1763600002000 } from './1763600002000-create-calls';
import { CreateReleaseControl1763700000000 } from './1763700000000-create-release-control';
import { CreateUsage1763800000000 } from './1763800000000-create-usage';
import { CreateLimits1763800001000 } from './1763800001000-create-limits';
import { CreateSigningKeys1763900000000 } from './1763900000000-create-signing-keys';
import { CreateSignedHeads1763900001000 } from './1763900001000-create-signed-heads';
import { CreateIdentities1763900002000 } from './1763900002000-create-identities';
import { CreateTrust1763900003000 } from './1763900003000-create-trust';

/** In the order in which they run. */
export const MIGRATIONS = [
  CreateRegistry1763600000000,
  CreateLedger1763600001000,
  CreateCalls1763600002000,
  CreateReleaseControl1763700000000,
  CreateUsage1763800000000,
  CreateLimits1763800001000,
  CreateSigningKeys1763900000000,
  CreateSignedHeads1763900001000,
  CreateIdentities1763900002000,
  CreateTrust1763900003000,
] as const;
