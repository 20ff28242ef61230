import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { SetConsumerLimitsInput } from '../limits/inputs';
import { SetConsumerLimitsPayload } from '../limits/payloads';
import { consumerLimitsOf } from '../limits/types';
import type { UsageService } from '../service';

@Resolver()
export class SetConsumerLimitsResolver {
  constructor(private readonly service: UsageService) {}

  @Mutation(() => SetConsumerLimitsPayload, {
    description:
      "Bounds the calls of a consumer to an algorithm, or of every consumer that has no bound of its own. For the admins of the algorithm's owner.",
  })
  setConsumerLimits(
    @Arg('input', () => SetConsumerLimitsInput) input: SetConsumerLimitsInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<SetConsumerLimitsPayload> {
    return intoPayload<SetConsumerLimitsPayload>({ algorithm: null, limits: null }, async () => {
      const { algorithm, consumer, limits } = await this.service.limits.ofConsumer(principal, input);
      return { algorithm: { ref: algorithm }, limits: consumerLimitsOf({ consumer, ...limits }) };
    });
  }
}
