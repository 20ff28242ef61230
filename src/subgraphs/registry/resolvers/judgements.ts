import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import { parseAlgorithmRef } from '../../../domain/ref';
import type { GraphContext } from '../../shared/context';
import type { CatalogueService } from '../catalogue-service';
import type { JudgementReader } from '../interfaces/judgement-reader';
import { reportNode } from '../interfaces/nodes';
import type { RegistryReader } from '../reader';
import { Algorithm, Owner, Version } from '../types';
import { Approval } from '../approvals/types';
import { InterfaceReport } from '../interfaces/types';
import { AlgorithmPolicies } from '../algorithms/policies-types';

@Resolver(() => Algorithm)
export class AlgorithmPoliciesResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: JudgementReader,
  ) {}

  @FieldResolver(() => AlgorithmPolicies, {
    nullable: true,
    description: "Shown to the owner's members.",
  })
  async policies(
    @Ctx() context: GraphContext,
    @Root() { ref, algorithmId }: Algorithm,
  ): Promise<AlgorithmPolicies | null> {
    const isMember = await this.catalogue.isMember(context.principal, parseAlgorithmRef(ref));
    return isMember ? this.reader.policies(context, algorithmId) : null;
  }
}

@Resolver(() => Version)
export class VersionJudgementsResolver {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: JudgementReader,
  ) {}

  @FieldResolver(() => InterfaceReport, {
    nullable: true,
    description:
      'Against its predecessor, as it was published: of a public version against public ones alone. Null where nothing was compared.',
  })
  async interfaceReport(
    @Ctx() context: GraphContext,
    @Root() version: Version,
  ): Promise<InterfaceReport | null> {
    const kept = await this.reader.interfaceReport(context, version);
    if (kept === null) return null;
    // who was granted one private major sees nothing of another
    const seesAll = version.visibility === 'PUBLIC' || !kept.acrossMajors;
    return seesAll || (await this.isMember(context, version)) ? reportNode(kept) : null;
  }

  @FieldResolver(() => Approval, {
    nullable: true,
    description: "What was decided on it, where it is protected. Shown to the owner's members.",
  })
  async approval(@Ctx() context: GraphContext, @Root() version: Version): Promise<Approval | null> {
    return (await this.isMember(context, version)) ? this.reader.approval(context, version.versionId) : null;
  }

  private async isMember({ principal }: GraphContext, { algorithmRef }: Version): Promise<boolean> {
    return this.catalogue.isMember(principal, parseAlgorithmRef(algorithmRef));
  }
}

@Resolver(() => Approval)
export class ApprovalResolver {
  constructor(private readonly reader: RegistryReader) {}

  @FieldResolver(() => Owner)
  async by(@Ctx() context: GraphContext, @Root() { byId }: Approval): Promise<Owner> {
    return this.reader.owner(context, byId);
  }
}
