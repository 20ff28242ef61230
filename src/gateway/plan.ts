import { GatewayError } from './errors';
import { losesRequirement } from './lost-requirement';
import { rootFieldsOf, wholeOperation, type Operation, type Part } from './operation';
import { OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { renamedForPlanner } from './planner-names';
import { type NativePlanner, type Planners, plannersInProcess } from './planning/planners';
import { PlanningTime } from './planning/planning-time';
import { toStep, type Step } from './steps';
import { percentagesOf } from './supergraph';
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

/** The planner of one supergraph. */
export class Planner {
  /** Percentages that overrides of the supergraph are rolled out to. */
  readonly percentages: readonly number[];
  private readonly native: NativePlanner;
  private readonly serviceOf: (name: string) => string;

  /** @throws GatewayError `INVALID_SUPERGRAPH` when the SDL is not a supergraph that can be planned for */
  constructor(
    supergraph: DocumentNode,
    supergraphSdl: string,
    private readonly schema: GraphQLSchema,
    private readonly planners: Planners = plannersInProcess(),
  ) {
    const refused = unsupported(supergraph);
    if (refused.length > 0)
      throw new GatewayError('INVALID_SUPERGRAPH', 'The supergraph cannot be planned for.', refused);
    const { sdl, serviceOf } = renamedForPlanner(supergraph, supergraphSdl);
    this.serviceOf = serviceOf;
    this.percentages = percentagesOf(supergraph);
    this.native = planners.open(sdl);
  }

  /** Resolves once the supergraph is known to be one that can be planned for. @throws GatewayError `INVALID_SUPERGRAPH` */
  opened(): Promise<void> {
    return this.native.opened();
  }

  /**
   * Plans `operation` off the main thread. A mutation that more than one fetch serves is planned field by field, and so
   * is a query that the planner finds no plan for as a whole: it fails on combinations of what it can plan.
   * @throws GatewayError `PLANNING_FAILED` with the planner's reason; another code where it did not get to have one
   */
  async plan(operation: Operation, rollout: Rollout): Promise<readonly Stage[]> {
    const whole = wholeOperation(operation);
    if (whole === null) return [];
    const time = new PlanningTime(this.planners.deadlineMs);
    const serially = operation.definition.operation === OperationTypeNode.MUTATION;
    try {
      const step = await this.planText(whole, rollout, time);
      if (!serially || step === null || step.kind === 'root') return [{ step, vital: null }];
    } catch (cause) {
      const parts = rootFieldsOf(operation, this.schema);
      if (serially || parts.length < 2 || !isWithoutPlan(cause)) throw cause;
      const stages = await this.planParts(parts, rollout, time);
      return [{ step: { kind: 'parallel', steps: stages.flatMap(({ step }) => step ?? []) }, vital: null }];
    }
    return this.planParts(rootFieldsOf(operation, this.schema), rollout, time);
  }

  private async planParts(
    parts: readonly Part[],
    rollout: Rollout,
    time: PlanningTime,
  ): Promise<readonly Stage[]> {
    return Promise.all(
      parts.map(async ({ text, vital }) => ({ step: await this.planText(text, rollout, time), vital })),
    );
  }

  private async planText(
    text: string,
    { labels, percentage }: Rollout,
    time: PlanningTime,
  ): Promise<Step | null> {
    try {
      const plan = await this.native.plan({ text, labels: [...labels], percentage }, time);
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

/** Of other faults, the parts would meet the same: or one of them would, and end the planner once more. */
function isWithoutPlan(cause: unknown): boolean {
  return cause instanceof GatewayError && cause.code === 'PLANNING_FAILED';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
