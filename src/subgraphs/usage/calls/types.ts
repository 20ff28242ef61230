import { ArgsType, Field, Float, ObjectType } from 'type-graphql';

import type * as terms from '../../../domain/terms';
import { OUTCOMES, type Outcome } from '../../../domain/usage/call';
import { enumOf, SelectorKind } from '../../shared/enums';
import { connectionOf, PageArgs } from '../../shared/paging';
import { DateTime, Sha } from '../../shared/scalars';
import { USAGE_BOUNDS } from '../bounds';
import { type Side, UsageSide } from '../enums';
import { Owner, Version } from '../types';
import type { VisibleCall } from './visible-call';

const CallOutcome = enumOf('CallOutcome', OUTCOMES, 'How a call ended.', {
  OK: 'The algorithm answered.',
  ALGORITHM_ERROR: 'It answered with an error of its own, or the input was not one that it takes.',
  TIMEOUT: 'It did not answer in the time that the caller gave it.',
  BACKEND_UNAVAILABLE: 'Its backend could not be reached, or its answer was none.',
  CLIENT_CLOSED: 'The caller was gone before the answer.',
});

/** What is said of every page of calls. */
export const SHORT_PAGES = `Newest first. Where not all calls are wanted, at most ${USAGE_BOUNDS.callsOfPage} are looked at for one page: it may then be short, or empty, while \`hasNextPage\` is true, and goes on at \`endCursor\`.`;

@ArgsType()
export class CallRecordArgs extends PageArgs {
  @Field(() => DateTime, { nullable: true, description: 'The first moment that counts.' })
  from?: Date | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'The first moment that does not count any more.',
  })
  to?: Date | null;
  @Field(() => CallOutcome, { nullable: true, description: 'Only calls that ended so.' })
  outcome?: Outcome | null;
}

@ArgsType()
export class OwnerCallRecordArgs extends CallRecordArgs {
  @Field(() => UsageSide, { nullable: true, defaultValue: 'PROVIDER' }) as!: Side | null;
}

@ObjectType({ description: 'The record of one call. Inputs and outputs are never kept.' })
export class CallRecord {
  @Field(() => String, { description: 'The same as in `X-Request-Id` of the answer.' }) requestId!: string;
  @Field(() => DateTime) startedAt!: Date;
  @Field(() => Float, { description: 'In milliseconds, from the request until its answer was ready.' })
  durationMs!: number;
  @Field(() => Float, { nullable: true, description: "The backend's part of it." })
  backendMs!: number | null;
  @Field(() => String, { description: 'As the caller wrote it.' }) reference!: string;
  @Field(() => SelectorKind) selector!: terms.SelectorKind;
  @Field(() => Version, {
    nullable: true,
    description:
      'Null for a commit that no version named then, for a version that was taken down, and for one that the viewer may not see any more.',
  })
  version!: Version | null;
  @Field(() => Sha) sha!: string;
  @Field(() => String, {
    nullable: true,
    description:
      "The ledger position that it was resolved at. Null for the caller where the provider's private state had a part in it.",
  })
  position!: string | null;
  @Field(() => CallOutcome) outcome!: Outcome;
  @Field(() => Float, { description: 'Of the input.' }) bytesIn!: number;
  @Field(() => Float, { description: "Of the backend's answer." }) bytesOut!: number;
  @Field(() => [String], { description: 'The artifacts that held for it: `name@revision`.' })
  artifacts!: readonly string[];
  @Field(() => Owner, {
    nullable: true,
    description:
      'Whose key called. For the provider null where that is a user, whom it knows by a pseudonym alone; null for the operator.',
  })
  caller!: Owner | null;
  @Field(() => String, {
    nullable: true,
    description:
      'For the provider: what its backends get in `X-Algogate-Caller`, or `operator`. Null for the caller.',
  })
  callerPseudonym!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'For the caller: the public beginning of the key that called. Null for the provider.',
  })
  keyPrefix!: string | null;
}

export const CallRecordConnection = connectionOf('CallRecord', () => CallRecord);

export function callRecordOf(call: VisibleCall): CallRecord {
  const { startedAt, version, caller } = call;
  return {
    ...call,
    startedAt: new Date(startedAt),
    version: version === null ? null : { ref: version },
    caller: caller === null ? null : { handle: caller },
  };
}
