import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ArtifactService } from '../artifacts/service';
import { RollbackArtifactInput, RollbackArtifactPayload } from '../artifacts/types';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';

@Resolver()
export class RollbackArtifactResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => RollbackArtifactPayload, {
    description: 'Takes an artifact of a major back to the revision before; nowhere, where there is none.',
  })
  rollbackArtifact(
    @Ctx() context: GraphContext,
    @Arg('input', () => RollbackArtifactInput) input: RollbackArtifactInput,
  ): Promise<RollbackArtifactPayload> {
    return intoPayload<RollbackArtifactPayload>({ major: null }, async () => {
      const { algorithmRef, number } = await this.artifacts.rollback(context.principal, input);
      this.reader.afterChange(context);
      return { major: majorNode(algorithmRef, number) };
    });
  }
}
