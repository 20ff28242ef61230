import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { GrantMajorAccessInput } from '../inputs';
import { GrantMajorAccessPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class GrantMajorAccessResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => GrantMajorAccessPayload, {
    description: 'Lets a user or an organisation call the versions of a major, private ones included.',
  })
  grantMajorAccess(
    @Arg('input', () => GrantMajorAccessInput) input: GrantMajorAccessInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<GrantMajorAccessPayload> {
    return intoPayload<GrantMajorAccessPayload>({ major: null }, async () => ({
      major: { ref: await this.access.grants.grant(principal, input) },
    }));
  }
}
