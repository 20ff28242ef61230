import { Arg, Ctx, Directive, Query, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { InterfaceService } from '../interfaces/service';
import { InterfaceReport } from '../interfaces/types';

@Resolver()
export class CheckInterfaceResolver {
  constructor(private readonly interfaces: InterfaceService) {}

  // comparing two interfaces holds up the process for a moment
  @Directive('@cost(weight: 1000)')
  @Query(() => InterfaceReport, {
    nullable: true,
    description:
      'The report that a version with this interface would get. Null where there is no public release to compare with.',
  })
  async checkInterface(
    @Ctx() { principal }: GraphContext,
    @Arg('algorithm', () => String, { description: '`owner/name`.' }) algorithm: string,
    @Arg('interface', () => String, { description: 'GraphQL SDL.' }) sdl: string,
    @Arg('against', () => String, {
      nullable: true,
      description: 'A version of it, bare (`1.2.3`) or as a reference; default: the highest public release.',
    })
    against?: string | null,
  ): Promise<InterfaceReport | null> {
    const question = { algorithm, interface: sdl, against: against ?? null };
    const report = await this.interfaces.check(principal, question);
    return report && Object.assign(new InterfaceReport(), report);
  }
}
