import { Directive, Field, ObjectType } from 'type-graphql';

import { AlgogateError, type ErrorCode as Code } from '../../domain/errors';
import { ErrorCode } from './enums';

@ObjectType({ description: 'Why a mutation was refused.' })
@Directive('@shareable')
export class UserError {
  @Field(() => ErrorCode) code!: Code;
  @Field(() => String, { description: 'Made for people.' }) message!: string;
  @Field(() => [String], { nullable: true, description: 'The input at fault, outermost first.' })
  field!: readonly string[] | null;
}

/** What every payload has beside its entity. */
export interface Refusable {
  userErrors: readonly UserError[];
}

/**
 * Runs a mutation into its payload: what `mutate` gives, or nulls and the error made for the outside. Faults of ours
 * go on to the edge, which logs them.
 */
export async function intoPayload<P extends Refusable>(
  refused: Omit<P, 'userErrors'>,
  mutate: () => Promise<Omit<P, 'userErrors'>>,
): Promise<P> {
  try {
    return { ...(await mutate()), userErrors: [] } as unknown as P;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    const { code, message, field } = error;
    return { ...refused, userErrors: [{ code, message, field: field ?? null }] } as unknown as P;
  }
}
