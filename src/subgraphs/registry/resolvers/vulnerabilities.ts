import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { intoPayload } from '../../shared/payload';
import type { RegistryReader } from '../reader';
import type { TrustReader } from '../trust/reader';
import type { ScansService } from '../trust/scans-service';
import {
  ReportVulnerabilitiesInput,
  ReportVulnerabilitiesPayload,
  VulnerabilityScan,
} from '../trust/scan-types';
import { Version } from '../types';

@Resolver(() => Version)
export class VersionVulnerabilitiesResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => VulnerabilityScan, {
    nullable: true,
    description: 'What its newest scan found; null where it was never scanned.',
  })
  vulnerabilities(@Ctx() context: GraphContext, @Root() version: Version): Promise<VulnerabilityScan | null> {
    return this.reader.scan(context, version);
  }
}

@Resolver()
export class ReportVulnerabilitiesResolver {
  constructor(
    private readonly scans: ScansService,
    private readonly reader: RegistryReader,
  ) {}

  @Mutation(() => ReportVulnerabilitiesPayload, {
    description:
      'Keeps what a scanner found in a version. A public release that the policy bars no longer enters `stable`.',
  })
  reportVulnerabilities(
    @Ctx() context: GraphContext,
    @Arg('input', () => ReportVulnerabilitiesInput) input: ReportVulnerabilitiesInput,
  ): Promise<ReportVulnerabilitiesPayload> {
    return intoPayload<ReportVulnerabilitiesPayload>({ version: null }, async () => {
      const id = await this.scans.report(context.principal, input);
      return { version: await this.reader.afterChange(context).version(context, id) };
    });
  }
}
