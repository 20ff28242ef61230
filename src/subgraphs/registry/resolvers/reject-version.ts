import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { ApprovalService } from '../approvals/service';
import { RejectVersionInput } from '../approvals/inputs';
import { RejectVersionPayload } from '../approvals/payloads';
import type { RegistryReader } from '../reader';

@Resolver()
export class RejectVersionResolver {
  constructor(
    private readonly approvals: ApprovalService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => RejectVersionPayload, {
    description: 'Ends the waiting of a protected release; its number stays used. For whom may approve it.',
  })
  rejectVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => RejectVersionInput) input: RejectVersionInput,
  ): Promise<RejectVersionPayload> {
    return intoPayload<RejectVersionPayload>({ version: null }, async () => {
      const id = await this.approvals.reject(context.principal, input.version, input.reason);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
