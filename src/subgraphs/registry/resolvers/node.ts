import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { NodeInterface } from '../../shared/node';
import { parseNodeId } from '../../shared/node-id';
import type { AlgorithmResolver } from './algorithm';
import type { MajorResolver } from './major';
import type { OwnerResolver } from './owner';
import type { VersionResolver } from './version';

@Resolver()
export class NodeResolver {
  constructor(
    private readonly owners: OwnerResolver,
    private readonly algorithms: AlgorithmResolver,
    private readonly majors: MajorResolver,
    private readonly versions: VersionResolver,
  ) {}

  @Query(() => NodeInterface, { nullable: true, description: 'Anything, by its global id.' })
  async node(@Ctx() context: GraphContext, @Arg('id', () => ID) id: string): Promise<NodeInterface> {
    const { type, ref } = parseNodeId(id);
    switch (type) {
      case 'Owner':
        return this.owners.owner(ref);
      case 'Algorithm':
        return this.algorithms.algorithm(context, ref);
      case 'Major':
        return this.majors.major(context, ref);
      case 'Version':
        return this.versions.version(context, ref);
    }
  }
}
