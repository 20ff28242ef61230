export type GatewayErrorCode =
  'COMPOSITION_FAILED' | 'INVALID_SUBGRAPH' | 'INVALID_SUPERGRAPH' | 'PLANNING_FAILED';

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
