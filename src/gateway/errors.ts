export type GatewayErrorCode =
  | 'COMPOSITION_FAILED'
  | 'INVALID_SUBGRAPH'
  | 'INVALID_SUPERGRAPH'
  /** The planner has no plan. */
  | 'PLANNING_FAILED'
  /** It has not found one in time. */
  | 'PLANNING_TOO_LONG'
  /** It ended over the operation. */
  | 'PLANNER_ENDED'
  /** It did not get to the operation. */
  | 'PLANNER_UNAVAILABLE';

/**
 * What the gateway tells the program that runs it. `details` has one line per cause: all of the composer's errors,
 * not the first of them. Callers of the graph never see it: they get GraphQL errors (`failures.ts`).
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    readonly code: GatewayErrorCode,
    message: string,
    readonly details: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(
      details.length === 0 ? message : `${message}\n${details.map((line) => `  - ${line}`).join('\n')}`,
      options,
    );
  }
}
