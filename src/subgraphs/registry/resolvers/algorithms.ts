import { Args, ArgsType, Ctx, Directive, Field, Query, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import { lineWithin } from '../../shared/text';
import type { CatalogueService } from '../catalogue-service';
import { algorithmNode, algorithmRefOf } from '../nodes';
import { type Algorithm, AlgorithmConnection } from '../types';

@ArgsType()
class AlgorithmsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'In the name, the owner or the summary.' })
  search?: string | null;
  @Field(() => String, { nullable: true, description: 'The handle of an owner.' }) owner?: string | null;
  @Field(() => String, { nullable: true }) tag?: string | null;
}

@Resolver()
export class AlgorithmsResolver {
  constructor(private readonly catalogue: CatalogueService) {}

  @Directive(SIZED_BY_FIRST)
  @Query(() => AlgorithmConnection, { description: 'The catalogue, in the order of `owner/name`.' })
  async algorithms(
    @Ctx() { principal }: GraphContext,
    @Args(() => AlgorithmsArgs) args: AlgorithmsArgs,
  ): Promise<Connection<Algorithm>> {
    const page = pageOf(args);
    const filter = {
      search: lineWithin(args.search, 'search', 200),
      owner: lineWithin(args.owner, 'owner', 63),
      tag: lineWithin(args.tag, 'tag', 31),
    };
    const rows = await this.catalogue.algorithms(principal, filter, page);
    return connection(page, rows, (row) => algorithmRefOf(row).toLowerCase(), algorithmNode);
  }
}
