import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { CreateApiKeyInput } from '../inputs';
import { CreateApiKeyPayload } from '../payloads';
import type { AccessService } from '../service';
import { apiKeyOf } from '../types';

@Resolver()
export class CreateApiKeyResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => CreateApiKeyPayload, {
    description: 'A key for oneself, or for an organisation by its admins.',
  })
  createApiKey(
    @Arg('input', () => CreateApiKeyInput) input: CreateApiKeyInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<CreateApiKeyPayload> {
    return intoPayload<CreateApiKeyPayload>({ apiKey: null, secret: null }, async () => {
      const { key, secret } = await this.access.keys.create(principal, input);
      return { apiKey: apiKeyOf(key), secret };
    });
  }
}
