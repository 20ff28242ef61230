import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import { PublishVersionInput } from '../inputs';
import type { JudgementReader } from '../interfaces/judgement-reader';
import { reportNode } from '../interfaces/nodes';
import { PublishVersionPayload } from '../payloads';
import type { PublishService } from '../publishing/publish-service';
import type { RegistryReader } from '../reader';

@Resolver()
export class PublishVersionResolver {
  constructor(
    private readonly publishing: PublishService,
    private readonly reader: RegistryReader,
    private readonly judgements: JudgementReader,
  ) {}

  @Mutation(() => PublishVersionPayload, { description: 'Gives a build its version, once and for ever.' })
  publishVersion(
    @Ctx() context: GraphContext,
    @Arg('input', () => PublishVersionInput) input: PublishVersionInput,
  ): Promise<PublishVersionPayload> {
    return intoPayload<PublishVersionPayload>({ version: null, interfaceReport: null }, async () => {
      const id = await this.publishing.publish(context.principal, input);
      const version = await this.reader.afterChange(context).version(context, id);
      const report = await this.judgements.interfaceReport(context, version);
      return { version, interfaceReport: report && reportNode(report) };
    });
  }
}
