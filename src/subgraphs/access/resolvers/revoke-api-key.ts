import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { RevokeApiKeyInput } from '../inputs';
import { RevokeApiKeyPayload } from '../payloads';
import type { AccessService } from '../service';
import { apiKeyOf } from '../types';

@Resolver()
export class RevokeApiKeyResolver {
  constructor(private readonly access: AccessService) {}

  @Mutation(() => RevokeApiKeyPayload, { description: 'Ends a key, at every replica within a second.' })
  revokeApiKey(
    @Arg('input', () => RevokeApiKeyInput) input: RevokeApiKeyInput,
    @Ctx() { principal }: GraphContext,
  ): Promise<RevokeApiKeyPayload> {
    return intoPayload<RevokeApiKeyPayload>({ apiKey: null }, async () => ({
      apiKey: apiKeyOf(await this.access.keys.revoke(principal, input.id)),
    }));
  }
}
