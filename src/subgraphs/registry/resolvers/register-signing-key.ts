import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { SigningKeysService } from '../trust/keys-service';
import { signingKeyNode } from '../trust/reader';
import { RegisterSigningKeyInput, RegisterSigningKeyPayload } from '../trust/types';

@Resolver()
export class RegisterSigningKeyResolver {
  constructor(private readonly keys: SigningKeysService) {}

  @Mutation(() => RegisterSigningKeyPayload, {
    description: 'Makes known a public key that an owner signs attestations with. For its admins.',
  })
  registerSigningKey(
    @Ctx() { principal }: GraphContext,
    @Arg('input', () => RegisterSigningKeyInput) input: RegisterSigningKeyInput,
  ): Promise<RegisterSigningKeyPayload> {
    return intoPayload<RegisterSigningKeyPayload>({ signingKey: null }, async () => ({
      signingKey: signingKeyNode(await this.keys.register(principal, input)),
    }));
  }
}
