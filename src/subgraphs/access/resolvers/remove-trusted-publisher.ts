import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { RemoveTrustedPublisherInput } from '../inputs';
import { RemoveTrustedPublisherPayload } from '../payloads';
import type { AccessService } from '../service';
import { trustedPublisherOf } from '../types';

@Resolver()
export class RemoveTrustedPublisherResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => RemoveTrustedPublisherPayload, {
    description: 'Ends that, and the keys that its pipelines have, at every replica within a second.',
  })
  removeTrustedPublisher(
    @Arg('input', () => RemoveTrustedPublisherInput) input: RemoveTrustedPublisherInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<RemoveTrustedPublisherPayload> {
    return intoPayload<RemoveTrustedPublisherPayload>({ trustedPublisher: null }, async () => ({
      trustedPublisher: trustedPublisherOf(await this.access.publishers.remove(principal, input)),
    }));
  }
}
