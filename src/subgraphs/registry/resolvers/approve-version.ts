import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ApprovalService } from '../approvals/service';
import { ApproveVersionInput } from '../approvals/inputs';
import { ApproveVersionPayload } from '../approvals/payloads';
import type { RegistryReader } from '../reader';

@Resolver()
export class ApproveVersionResolver {
  constructor(
    private readonly approvals: ApprovalService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => ApproveVersionPayload, {
    description:
      'Publishes a protected release that waits, or lets a private one be promoted. For an admin who is neither its publisher nor the maker of the key that published it.',
  })
  approveVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => ApproveVersionInput) input: ApproveVersionInput,
  ): Promise<ApproveVersionPayload> {
    return intoPayload<ApproveVersionPayload>({ version: null }, async () => {
      const id = await this.approvals.approve(context.principal, input.version);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
