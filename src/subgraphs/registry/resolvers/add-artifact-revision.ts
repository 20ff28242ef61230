import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ArtifactReader } from '../artifacts/reader';
import type { ArtifactService } from '../artifacts/service';
import { AddArtifactRevisionInput, AddArtifactRevisionPayload } from '../artifacts/types';

@Resolver()
export class AddArtifactRevisionResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: ArtifactReader,
  ) {}

  @Mutation(() => AddArtifactRevisionPayload, {
    description: 'The same revision twice is the same revision if all is equal.',
  })
  addArtifactRevision(
    @Ctx() { principal }: GraphContext,
    @Arg('input', () => AddArtifactRevisionInput) input: AddArtifactRevisionInput,
  ): Promise<AddArtifactRevisionPayload> {
    return intoPayload<AddArtifactRevisionPayload>({ artifact: null }, async () => ({
      artifact: this.reader.revision(await this.artifacts.add(principal, input), true),
    }));
  }
}
