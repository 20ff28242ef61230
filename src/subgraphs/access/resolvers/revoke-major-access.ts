import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { RevokeMajorAccessInput } from '../inputs';
import { RevokeMajorAccessPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class RevokeMajorAccessResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => RevokeMajorAccessPayload, { description: 'Takes a grant back: contracts end.' })
  revokeMajorAccess(
    @Arg('input', () => RevokeMajorAccessInput) input: RevokeMajorAccessInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<RevokeMajorAccessPayload> {
    return intoPayload<RevokeMajorAccessPayload>({ major: null }, async () => ({
      major: { ref: await this.access.grants.revoke(principal, input) },
    }));
  }
}
