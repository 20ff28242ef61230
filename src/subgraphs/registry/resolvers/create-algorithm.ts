import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { AlgorithmService } from '../algorithms/service';
import { CreateAlgorithmInput } from '../inputs';
import { CreateAlgorithmPayload } from '../payloads';
import type { RegistryReader } from '../reader';

@Resolver()
export class CreateAlgorithmResolver {
  constructor(
    private readonly algorithms: AlgorithmService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => CreateAlgorithmPayload, {
    description: 'Its maintainers see it alone until a version is public.',
  })
  createAlgorithm(
    @Ctx() context: GraphContext,
    @Arg('input', () => CreateAlgorithmInput) input: CreateAlgorithmInput,
  ): Promise<CreateAlgorithmPayload> {
    return intoPayload<CreateAlgorithmPayload>({ algorithm: null }, async () => {
      const { tags, ...rest } = input;
      const id = await this.algorithms.create(context.principal, { ...rest, tags: tags ?? [] });
      return { algorithm: await this.reader.afterChange(context).algorithm(context, id) };
    });
  }
}
