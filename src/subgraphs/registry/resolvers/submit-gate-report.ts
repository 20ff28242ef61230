import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { GateService } from '../gates/service';
import { SubmitGateReportInput, SubmitGateReportPayload } from '../gates/types';
import type { RegistryReader } from '../reader';

@Resolver()
export class SubmitGateReportResolver {
  constructor(
    private readonly gates: GateService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => SubmitGateReportPayload, {
    description: 'Keeps what CI measured. A public release that passes the gates of `stable` by it enters.',
  })
  submitGateReport(
    @Ctx() context: GraphContext,
    @Arg('input', () => SubmitGateReportInput) input: SubmitGateReportInput,
  ): Promise<SubmitGateReportPayload> {
    const refused = { version: null, judgements: null };
    return intoPayload<SubmitGateReportPayload>(refused, async () => {
      const { versionId, judgements } = await this.gates.submit(context.principal, input);
      const reader = this.reader.afterChange(context);
      const version = versionId === null ? null : await reader.version(context, versionId);
      return { version, judgements };
    });
  }
}
