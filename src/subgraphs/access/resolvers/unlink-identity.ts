import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { UnlinkIdentityInput } from '../inputs';
import { UnlinkIdentityPayload } from '../payloads';
import type { AccessService } from '../service';
import { identityOf } from '../types';

@Resolver()
export class UnlinkIdentityResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => UnlinkIdentityPayload, {
    description: 'Ends that, at every replica within a second; for the user and the operator.',
  })
  unlinkIdentity(
    @Arg('input', () => UnlinkIdentityInput) input: UnlinkIdentityInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<UnlinkIdentityPayload> {
    return intoPayload<UnlinkIdentityPayload>({ identity: null }, async () => ({
      identity: identityOf(await this.access.identities.unlink(principal, input)),
    }));
  }
}
