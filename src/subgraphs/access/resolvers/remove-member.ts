import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { RemoveMemberInput } from '../inputs';
import { RemoveMemberPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class RemoveMemberResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => RemoveMemberPayload, {
    description: 'Takes a user out of an organisation; what it had through it is gone with its next request.',
  })
  removeMember(
    @Arg('input', () => RemoveMemberInput) input: RemoveMemberInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<RemoveMemberPayload> {
    return intoPayload<RemoveMemberPayload>({ organization: null }, async () => ({
      organization: await this.access.members.remove(principal, input),
    }));
  }
}
