import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { CreateOrganizationInput } from '../inputs';
import { CreateOrganizationPayload } from '../payloads';
import type { AccessService } from '../service';

@Resolver()
export class CreateOrganizationResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => CreateOrganizationPayload, {
    description: 'By any user, who becomes its admin; the operator names the admin.',
  })
  createOrganization(
    @Arg('input', () => CreateOrganizationInput) input: CreateOrganizationInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<CreateOrganizationPayload> {
    return intoPayload<CreateOrganizationPayload>({ organization: null }, async () => ({
      organization: await this.access.owners.createOrganization(principal, input),
    }));
  }
}
