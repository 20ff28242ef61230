import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { AlgorithmService } from '../algorithms/service';
import { UpdateAlgorithmInput } from '../inputs';
import { UpdateAlgorithmPayload } from '../payloads';
import type { RegistryReader } from '../reader';

@Resolver()
export class UpdateAlgorithmResolver {
  constructor(
    private readonly algorithms: AlgorithmService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => UpdateAlgorithmPayload, { description: 'What is not said stays; null clears.' })
  updateAlgorithm(
    @Ctx() context: GraphContext,
    @Arg('input', () => UpdateAlgorithmInput) input: UpdateAlgorithmInput,
  ): Promise<UpdateAlgorithmPayload> {
    return intoPayload<UpdateAlgorithmPayload>({ algorithm: null }, async () => {
      const { tags, ...rest } = input;
      const cleared = tags === undefined ? {} : { tags: tags ?? [] };
      const id = await this.algorithms.update(context.principal, { ...rest, ...cleared });
      return { algorithm: await this.reader.afterChange(context).algorithm(context, id) };
    });
  }
}
