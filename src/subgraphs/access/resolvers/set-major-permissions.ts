import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SetMajorPermissionsInput } from '../inputs';
import { SetMajorPermissionsPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class SetMajorPermissionsResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => SetMajorPermissionsPayload, {
    description: 'Sets the permissions of a major. In one that has versions they only widen for its callers.',
  })
  setMajorPermissions(
    @Arg('input', () => SetMajorPermissionsInput) input: SetMajorPermissionsInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SetMajorPermissionsPayload> {
    return intoPayload<SetMajorPermissionsPayload>({ major: null }, async () => ({
      major: { ref: await this.access.permissions.set(principal, input) },
    }));
  }
}
