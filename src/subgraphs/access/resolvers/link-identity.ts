import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { LinkIdentityInput } from '../inputs';
import { LinkIdentityPayload } from '../payloads';
import type { AccessService } from '../service';
import { identityOf } from '../types';

@Resolver()
export class LinkIdentityResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => LinkIdentityPayload, {
    description: 'Lets tokens of a subject of an issuer act as a user; for the operator.',
  })
  linkIdentity(
    @Arg('input', () => LinkIdentityInput) input: LinkIdentityInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<LinkIdentityPayload> {
    return intoPayload<LinkIdentityPayload>({ identity: null }, async () => ({
      identity: identityOf(await this.access.identities.link(principal, input)),
    }));
  }
}
