import { QueryPlanner } from '@graphql-hive/router-query-planner';
import { GatewayError } from './errors';
import { losesRequirement } from './lost-requirement';
import { rootFieldsOf, wholeOperation, type Operation, type Part } from './operation';
import { OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { renamedForPlanner } from './planner-names';
import { toStep, type Step } from './steps';
import { unsupported } from './unsupported';

/** What is run for an operation: stages one after the other, each to its end. */
export interface Stage {
  readonly step: Step | null;
  /** A key of the data that must not be null for the next stage to start. */
  readonly vital: string | null;
}

/** Which progressive overrides (`@override(label:)`) are in force for a request. */
export interface Rollout {
  readonly labels: ReadonlySet<string>;
  /** Between 0 and 100; `percent(x)` is in force when it is below x. */
  readonly percentage: number;
}

export const NO_ROLLOUT: Rollout = { labels: new Set(), percentage: 100 };

const LOST = 'The plan would give a field that @requires another the value of other arguments.';

/** The native planner of one supergraph. */
export class Planner {
  private readonly native: QueryPlanner;
  private readonly serviceOf: (name: string) => string;

  /** @throws GatewayError `INVALID_SUPERGRAPH` when the SDL is not a supergraph that can be planned for */
  constructor(
    supergraph: DocumentNode,
    supergraphSdl: string,
    private readonly schema: GraphQLSchema,
  ) {
    const refused = unsupported(supergraph);
    if (refused.length > 0)
      throw new GatewayError('INVALID_SUPERGRAPH', 'The supergraph cannot be planned for.', refused);
    const { sdl, serviceOf } = renamedForPlanner(supergraph, supergraphSdl);
    this.serviceOf = serviceOf;
    try {
      this.native = new QueryPlanner(sdl);
    } catch (cause) {
      throw new GatewayError(
        'INVALID_SUPERGRAPH',
        'The supergraph cannot be planned for.',
        [messageOf(cause)],
        { cause },
      );
    }
  }

  /** Percentages that overrides of the supergraph are rolled out to. */
  get percentages(): readonly number[] {
    return this.native.overridePercentages;
  }

  /**
   * Plans `operation` off the main thread. A mutation that more than one fetch serves is planned field by field, and so
   * is a query that the planner finds no plan for as a whole: it fails on combinations of what it can plan.
   * @throws GatewayError `PLANNING_FAILED` with the planner's reason
   */
  async plan(operation: Operation, rollout: Rollout): Promise<readonly Stage[]> {
    const whole = wholeOperation(operation);
    if (whole === null) return [];
    const serially = operation.definition.operation === OperationTypeNode.MUTATION;
    try {
      const step = await this.planText(whole, rollout);
      if (!serially || step === null || step.kind === 'root') return [{ step, vital: null }];
    } catch (cause) {
      const parts = rootFieldsOf(operation, this.schema);
      if (serially || parts.length < 2) throw cause;
      const stages = await this.planParts(parts, rollout);
      return [{ step: { kind: 'parallel', steps: stages.flatMap(({ step }) => step ?? []) }, vital: null }];
    }
    return this.planParts(rootFieldsOf(operation, this.schema), rollout);
  }

  private async planParts(parts: readonly Part[], rollout: Rollout): Promise<readonly Stage[]> {
    return Promise.all(
      parts.map(async ({ text, vital }) => ({ step: await this.planText(text, rollout), vital })),
    );
  }

  private async planText(text: string, { labels, percentage }: Rollout): Promise<Step | null> {
    try {
      const plan = await this.native.planAsync(text, undefined, new Set(labels), percentage);
      if (plan.node && losesRequirement(plan.node)) throw new Error(LOST);
      return plan.node ? toStep(plan.node, this.serviceOf) : null;
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      throw new GatewayError('PLANNING_FAILED', 'The operation cannot be planned.', [messageOf(cause)], {
        cause,
      });
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
