import type { GraphContext } from '../../shared/context';
import type { KeptReport } from './store';
import type { JudgementLoaders } from './judgement-loaders';
import type { Version } from '../types';
import { Approval } from '../approvals/types';
import { AlgorithmPolicies } from '../algorithms/policies-types';

/** What releases are judged by and how they were, as objects of the graph, through the loaders of the request. */
export class JudgementReader {
  constructor(private readonly loaders: (context: GraphContext) => JudgementLoaders) {}

  async policies(context: GraphContext, algorithmId: number): Promise<AlgorithmPolicies> {
    return Object.assign(new AlgorithmPolicies(), await this.loaders(context).policies.load(algorithmId));
  }

  /**
   * The report on a version as it now is: that of its becoming public, or of its publication in private. Null where
   * nothing was compared, or its content is hidden.
   */
  async interfaceReport(
    context: GraphContext,
    { versionId, visibility, state }: Pick<Version, 'versionId' | 'visibility' | 'state'>,
  ): Promise<KeptReport | null> {
    if (state === 'TAKEN_DOWN') return null;
    // what a private one was compared with is not for those who see the public one
    const audience = visibility === 'PUBLIC' && state === 'PUBLISHED' ? 'PUBLIC' : 'PRIVATE';
    return this.loaders(context).interfaceReport.load({ versionId, audience });
  }

  async approval(context: GraphContext, versionId: number): Promise<Approval | null> {
    const found = await this.loaders(context).approval.load(versionId);
    if (found === null) return null;
    const { approved, at, reason, byId } = found;
    return Object.assign(new Approval(), { approved, at: new Date(at), reason, byId });
  }
}
