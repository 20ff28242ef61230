import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { AddTrustedPublisherInput } from '../inputs';
import { AddTrustedPublisherPayload } from '../payloads';
import type { AccessService } from '../service';
import { trustedPublisherOf } from '../types';

@Resolver()
export class AddTrustedPublisherResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => AddTrustedPublisherPayload, {
    description: 'Lets the pipelines of a workflow publish an algorithm; for its admins.',
  })
  addTrustedPublisher(
    @Arg('input', () => AddTrustedPublisherInput) input: AddTrustedPublisherInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<AddTrustedPublisherPayload> {
    return intoPayload<AddTrustedPublisherPayload>({ trustedPublisher: null }, async () => ({
      trustedPublisher: trustedPublisherOf(await this.access.publishers.add(principal, input)),
    }));
  }
}
