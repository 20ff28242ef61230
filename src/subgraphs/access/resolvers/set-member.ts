import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SetMemberInput } from '../inputs';
import { SetMemberPayload } from '../payloads';
import type { AccessService } from '../service';
import { memberOf } from '../types';

@Resolver()
export class SetMemberResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => SetMemberPayload, {
    description: 'Makes a user a member of an organisation, or changes its role.',
  })
  setMember(
    @Arg('input', () => SetMemberInput) input: SetMemberInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SetMemberPayload> {
    return intoPayload<SetMemberPayload>({ organization: null, member: null }, async () => {
      const { organization, member } = await this.access.members.set(principal, input);
      return { organization, member: memberOf(member) };
    });
  }
}
