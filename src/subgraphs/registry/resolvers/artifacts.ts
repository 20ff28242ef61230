import { Args, ArgsType, Ctx, Directive, Field, FieldResolver, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import { type Connection, connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import type { ArtifactReader } from '../artifacts/reader';
import type { ArtifactService } from '../artifacts/service';
import { type ArtifactRevision, ArtifactRevisionConnection, ManifestEntry } from '../artifacts/types';
import { Algorithm, Major, Version } from '../types';

@ArgsType()
class ArtifactsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only the revisions of one artifact.' }) name?:
    string | null;
}

@Resolver(() => Algorithm)
export class AlgorithmArtifactsResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: ArtifactReader,
  ) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => ArtifactRevisionConnection, {
    name: 'artifacts',
    description: 'Its revisions that the caller may see, by name and then by revision.',
  })
  async revisions(
    @Ctx() context: GraphContext,
    @Root() { ref }: Algorithm,
    @Args(() => ArtifactsArgs) args: ArtifactsArgs,
  ): Promise<Connection<ArtifactRevision>> {
    const algorithm = parseAlgorithmRef(ref);
    const { algorithmId, reader } = await this.artifacts.readerOf(context.principal, algorithm);
    const page = { ...pageOf(args), name: args.name ?? null, reader };
    const rows = await this.reader.revisions(context, { algorithmId, page });
    const withUri = await this.artifacts.mayReadAddresses(context.principal, algorithm, null);
    return connection(
      page,
      rows,
      ({ name, revision }) => `${name}/${revision}`,
      (row) => this.reader.revision(row, withUri),
    );
  }
}

@Resolver(() => Major)
export class MajorManifestResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: ArtifactReader,
  ) {}

  @FieldResolver(() => [ManifestEntry], {
    description: 'Which revision of each artifact holds for calls, where the version pins no other.',
  })
  async manifest(
    @Ctx() context: GraphContext,
    @Root() { algorithmRef, number: major }: Major,
  ): Promise<ManifestEntry[]> {
    const ref = parseAlgorithmRef(algorithmRef);
    const algorithmId = await this.artifacts.algorithmOfMajor(context.principal, ref, major);
    if (algorithmId === null) return [];
    const withUri = await this.artifacts.mayReadAddresses(context.principal, ref, major);
    return this.reader.manifest(context, { algorithmId, major, withUri });
  }
}

@Resolver(() => Version)
export class VersionArtifactsResolver {
  constructor(
    private readonly artifacts: ArtifactService,
    private readonly reader: ArtifactReader,
  ) {}

  @FieldResolver(() => [ManifestEntry], {
    name: 'artifacts',
    description: 'The revisions that it pins: the manifest of its major has no say in them.',
  })
  async pins(@Ctx() context: GraphContext, @Root() version: Version): Promise<ManifestEntry[]> {
    const { versionId, algorithmRef, majorNumber, state } = version;
    if (state === 'TAKEN_DOWN') return [];
    const ref = parseAlgorithmRef(algorithmRef);
    const withUri = await this.artifacts.mayReadAddresses(context.principal, ref, majorNumber);
    return this.reader.pins(context, versionId, withUri);
  }
}
