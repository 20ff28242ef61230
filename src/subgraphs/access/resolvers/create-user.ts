import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { CreateUserInput } from '../inputs';
import { CreateUserPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class CreateUserResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => CreateUserPayload, { description: 'By the operator.' })
  createUser(
    @Arg('input', () => CreateUserInput) input: CreateUserInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<CreateUserPayload> {
    return intoPayload<CreateUserPayload>({ user: null }, async () => ({
      user: await this.access.owners.createUser(principal, input),
    }));
  }
}
