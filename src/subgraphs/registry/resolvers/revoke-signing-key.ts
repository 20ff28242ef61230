import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { SigningKeysService } from '../trust/keys-service';
import { signingKeyNode } from '../trust/reader';
import { RevokeSigningKeyInput, RevokeSigningKeyPayload } from '../trust/types';

@Resolver()
export class RevokeSigningKeyResolver {
  constructor(private readonly keys: SigningKeysService) {}

  @Mutation(() => RevokeSigningKeyPayload, {
    description: 'For good: what the key has signed stays verified, and it signs nothing more. For admins.',
  })
  revokeSigningKey(
    @Ctx() { principal }: GraphContext,
    @Arg('input', () => RevokeSigningKeyInput) input: RevokeSigningKeyInput,
  ): Promise<RevokeSigningKeyPayload> {
    return intoPayload<RevokeSigningKeyPayload>({ signingKey: null }, async () => ({
      signingKey: signingKeyNode(await this.keys.revoke(principal, input)),
    }));
  }
}
