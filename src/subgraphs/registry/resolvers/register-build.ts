import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { BuildService } from '../publishing/build-service';
import { RegisterBuildInput } from '../inputs';
import { buildNode } from '../nodes';
import { RegisterBuildPayload } from '../payloads';

@Resolver()
export class RegisterBuildResolver {
  constructor(private readonly builds: BuildService) {}

  @Mutation(() => RegisterBuildPayload, {
    description: 'The same commit twice is the same build if all is equal.',
  })
  registerBuild(
    @Ctx() { principal }: GraphContext,
    @Arg('input', () => RegisterBuildInput) input: RegisterBuildInput,
  ): Promise<RegisterBuildPayload> {
    return intoPayload<RegisterBuildPayload>({ build: null }, async () => ({
      // all that is in it came with this very input
      build: buildNode(await this.builds.register(principal, input), true),
    }));
  }
}
