import { setImmediate as turn } from 'node:timers/promises';

import { GatewayError } from '../gateway';
import type { Assembler, Assembly, JoiningSubgraph } from './assemble';

/** What is to be served, and what was refused on the way to it. */
export interface Settlement {
  readonly assembly: Assembly;
  readonly joined: readonly JoiningSubgraph[];
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  /** Null where it is what is left of the graph that does not compose, and nobody's in particular. */
  readonly name: string | null;
  /** One line for each error of the composer. */
  readonly problems: readonly string[];
}

/**
 * Joins what composes. Where not all of it does, subgraphs stay as they were before, or out of the graph if they were
 * not in it, and are taken one by one in their order: what is wrong with one of them keeps no other one back.
 * @param wanted the subgraphs as they are now
 * @param before as they are served
 * @returns null where nothing can be made of it: what is served goes on, and `refused` says why
 */
export async function settle(
  assembler: Assembler,
  wanted: readonly JoiningSubgraph[],
  before: ReadonlyMap<string, JoiningSubgraph>,
): Promise<Settlement | { readonly assembly: null; readonly refused: readonly Refusal[] }> {
  const whole = await tried(assembler, wanted);
  if (!('problems' in whole)) return { assembly: whole, joined: wanted, refused: [] };

  let joined = wanted.flatMap(({ remote }) => before.get(remote.name) ?? []);
  let assembly = await tried(assembler, joined);
  if ('problems' in assembly) return { assembly: null, refused: [{ name: null, problems: whole.problems }] };
  const refused: Refusal[] = [];
  for (const next of wanted) {
    if (isSame(before.get(next.remote.name), next)) continue;
    await turn(); // one composition holds up everybody for a moment, and a hundred would for ten seconds
    const others = joined.filter(({ remote }) => remote.name !== next.remote.name);
    const attempt = await tried(assembler, [...others, next]);
    if ('problems' in attempt) {
      refused.push({ name: next.remote.name, problems: attempt.problems });
    } else {
      joined = [...others, next];
      assembly = attempt;
    }
  }
  return { assembly, joined, refused };
}

async function tried(
  assembler: Assembler,
  subgraphs: readonly JoiningSubgraph[],
): Promise<Assembly | { readonly problems: readonly string[] }> {
  try {
    return await assembler.compose(subgraphs);
  } catch (error) {
    // what somebody says of itself may find a fault of ours: that keeps no other one back either
    return { problems: error instanceof GatewayError ? problemsOf(error) : [String(error)] };
  }
}

/** One line for each cause. */
export function problemsOf(error: GatewayError): readonly string[] {
  return error.details.length === 0 ? [error.message] : error.details;
}

function isSame(left: JoiningSubgraph | undefined, right: JoiningSubgraph): boolean {
  return left !== undefined && JSON.stringify(left) === JSON.stringify(right);
}
