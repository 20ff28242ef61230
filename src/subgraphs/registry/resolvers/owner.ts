import { Arg, Args, Ctx, Directive, FieldResolver, Query, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, connection, PageArgs, pageOf, SIZED_BY_FIRST } from '../../shared/paging';
import type { CatalogueService } from '../catalogue-service';
import { algorithmNode, algorithmRefOf, ownerNode } from '../nodes';
import { type Algorithm, AlgorithmConnection, Owner } from '../types';

@Resolver(() => Owner)
export class OwnerResolver {
  constructor(private readonly catalogue: CatalogueService) {}

  @Query(() => Owner, { nullable: true })
  async owner(@Arg('handle', () => String) handle: string): Promise<Owner> {
    return ownerNode(await this.catalogue.owner(handle));
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => AlgorithmConnection, { description: 'In the order of their names.' })
  async algorithms(
    @Ctx() { principal }: GraphContext,
    @Root() owner: Owner,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<Algorithm>> {
    const page = pageOf(args);
    const filter = { search: null, owner: owner.handle, tag: null };
    const rows = await this.catalogue.algorithms(principal, filter, page);
    return connection(page, rows, (row) => algorithmRefOf(row).toLowerCase(), algorithmNode);
  }
}
