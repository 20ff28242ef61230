import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { TrustReader } from '../trust/reader';
import { Attestation, SigningKey } from '../trust/types';
import { Owner, Version } from '../types';

@Resolver(() => Owner)
export class OwnerSigningKeysResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => [SigningKey], { description: 'Oldest first, revoked ones included: at most 100.' })
  signingKeys(@Ctx() context: GraphContext, @Root() { handle }: Owner): Promise<SigningKey[]> {
    return this.reader.signingKeys(context, handle);
  }
}

@Resolver(() => Version)
export class VersionAttestationsResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => [Attestation], { description: 'As they were given with its publication: at most 5.' })
  attestations(@Ctx() context: GraphContext, @Root() version: Version): Promise<Attestation[]> {
    return this.reader.attestations(context, version);
  }
}

@Resolver(() => Attestation)
export class AttestationResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => String, { description: 'The DSSE envelope, as it was given: to verify it anew.' })
  envelope(@Ctx() context: GraphContext, @Root() attestation: Attestation): Promise<string> {
    return this.reader.envelope(context, attestation);
  }

  @FieldResolver(() => [SigningKey], {
    description: "The owner's keys that have signed it, as they are now.",
  })
  signers(@Ctx() context: GraphContext, @Root() attestation: Attestation): Promise<SigningKey[]> {
    return this.reader.signers(context, attestation);
  }
}
