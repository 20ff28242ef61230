import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Int,
  Query,
  Resolver,
  Root,
} from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import { type Connection, connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import type { CatalogueService } from '../catalogue-service';
import { majorNode } from '../nodes';
import type { RegistryReader } from '../reader';
import { Algorithm, Major, Owner, Version, VersionConnection } from '../types';

@ArgsType()
class VersionsArgs extends PageArgs {
  @Field(() => Int, { nullable: true, description: 'Only those of one major.' }) major?: number | null;
  @Field(() => Boolean, { nullable: true, defaultValue: true }) includeYanked!: boolean | null;
}

@Resolver(() => Algorithm)
export class AlgorithmResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: RegistryReader,
  ) {}

  @Query(() => Algorithm, { nullable: true })
  async algorithm(
    @Ctx() context: GraphContext,
    @Arg('ref', () => String, { description: '`owner/name`.' }) ref: string,
  ): Promise<Algorithm> {
    const { algorithm } = await this.catalogue.algorithm(context.principal, ref);
    return this.reader.algorithm(context, algorithm.id);
  }

  @FieldResolver(() => Owner)
  async owner(@Ctx() context: GraphContext, @Root() { ownerId }: Algorithm): Promise<Owner> {
    return this.reader.owner(context, ownerId);
  }

  @FieldResolver(() => [Major], { description: 'Lowest first.' })
  async majors(@Ctx() { principal }: GraphContext, @Root() { ref }: Algorithm): Promise<Major[]> {
    const numbers = await this.catalogue.majors(principal, parseAlgorithmRef(ref));
    return numbers.map((number) => majorNode(ref, number));
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => VersionConnection, { description: 'Highest first.' })
  async versions(
    @Ctx() context: GraphContext,
    @Root() { ref }: Algorithm,
    @Args(() => VersionsArgs) args: VersionsArgs,
  ): Promise<Connection<Version>> {
    const page = pageOf(args);
    const filter = { major: args.major ?? null, includeYanked: args.includeYanked ?? true };
    const rows = await this.catalogue.versions(context.principal, parseAlgorithmRef(ref), filter, page);
    const nodes = await Promise.all(
      rows.map(async (row) => ({ key: row.sortKey, node: await this.reader.versionOf(context, row) })),
    );
    return connection(
      page,
      nodes,
      ({ key }) => key,
      ({ node }) => node,
    );
  }

  @FieldResolver(() => Version, { nullable: true, description: 'The highest public release.' })
  async latest(@Ctx() context: GraphContext, @Root() { ref }: Algorithm): Promise<Version | null> {
    const latest = await this.catalogue.latest(context.principal, parseAlgorithmRef(ref));
    return latest && this.reader.version(context, latest.versionId);
  }
}
