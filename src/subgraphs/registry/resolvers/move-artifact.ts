import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ArtifactService } from '../artifacts/service';
import { MoveArtifactInput, MoveArtifactPayload } from '../artifacts/types';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';

@Resolver()
export class MoveArtifactResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => MoveArtifactPayload, {
    description:
      'Points an artifact of a major to another revision, if it still points where its mover believes.',
  })
  moveArtifact(
    @Ctx() context: GraphContext,
    @Arg('input', () => MoveArtifactInput) input: MoveArtifactInput,
  ): Promise<MoveArtifactPayload> {
    return intoPayload<MoveArtifactPayload>({ major: null }, async () => {
      const { algorithmRef, number } = await this.artifacts.move(context.principal, input);
      this.reader.afterChange(context);
      return { major: majorNode(algorithmRef, number) };
    });
  }
}
