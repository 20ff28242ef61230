import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SuspendUserInput } from '../inputs';
import { SuspendUserPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class SuspendUserResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => SuspendUserPayload, {
    description: 'By the operator: shuts a user out from its next request on.',
  })
  suspendUser(
    @Arg('input', () => SuspendUserInput) input: SuspendUserInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SuspendUserPayload> {
    return intoPayload<SuspendUserPayload>({ user: null }, async () => ({
      user: await this.access.owners.suspendUser(principal, input),
    }));
  }
}
