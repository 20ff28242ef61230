import { ArgsType, Directive, Field, Float, ObjectType } from 'type-graphql';

import { DISTINCT_ERROR, EXACT_UP_TO } from '../../../domain/usage/distinct';
import type * as granularity from '../../../domain/usage/granularity';
import { LATENCY_ERROR } from '../../../domain/usage/latencies';
import { DateTime } from '../../shared/scalars';
import { UsageGranularity, UsageGrouping } from '../enums';
import { Owner } from '../types';

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
const LATENCY = `of the calls took at most so long, in milliseconds; null where there are none. Within ${percent(LATENCY_ERROR)}.`;

@ArgsType()
export class UsageArgs {
  @Field(() => DateTime, { description: 'The first moment that counts.' }) from!: Date;
  @Field(() => DateTime, { description: 'The first moment that does not count any more.' }) to!: Date;
  @Field(() => UsageGranularity) granularity!: granularity.Granularity;
  @Field(() => UsageGrouping, { nullable: true, description: 'None: one series.' })
  groupBy?: granularity.Grouping | null;
}

@ObjectType({ description: 'Calls, added up.' })
export class UsageTotals {
  @Field(() => Float) calls!: number;
  @Field(() => Float, { description: 'Calls that did not end `OK`.' }) errors!: number;
  @Field(() => Float, {
    description: `How many different users and organisations called: exact up to ${EXACT_UP_TO}, above with a standard error of ${percent(DISTINCT_ERROR)}.`,
  })
  callers!: number;
  @Field(() => Float, { description: 'Of the inputs.' }) bytesIn!: number;
  @Field(() => Float, { description: 'Of the outputs of the algorithms.' }) bytesOut!: number;
  @Field(() => Float, { nullable: true, description: `Half ${LATENCY}` }) p50!: number | null;
  @Field(() => Float, { nullable: true, description: `90 % ${LATENCY}` }) p90!: number | null;
  @Field(() => Float, { nullable: true, description: `99 % ${LATENCY}` }) p99!: number | null;
}

@ObjectType({
  description: 'The calls of one minute, hour, day or month, as far as the range reaches into it.',
})
class UsageBucket {
  @Field(() => DateTime) start!: Date;
  @Field(() => UsageTotals) totals!: UsageTotals;
}

@ObjectType({ description: 'Calls over time. Where nothing was called, there are zeros.' })
export class UsageSeries {
  @Field(() => String, {
    nullable: true,
    description:
      'The ref, enum value, handle or pseudonym that it is about. Null where nothing was grouped, and for calls to commits that have no major.',
  })
  key!: string | null;
  @Field(() => Owner, {
    nullable: true,
    description:
      'Under `CALLER`: an organisation, or the viewer itself. Users are known by pseudonyms alone.',
  })
  caller!: Owner | null;
  @Field(() => Boolean, {
    description:
      'Under `CALLER`: those after the top 100 together, keyed `other`; how many they are has the error of the whole.',
  })
  isRest!: boolean;
  @Field(() => [UsageBucket]) buckets!: readonly UsageBucket[];
}

@Directive('@cost(weight: 20)')
@ObjectType({ description: 'How much was called, in a range of time.' })
export class Usage {
  @Field(() => DateTime, { description: 'As asked; it counts.' }) from!: Date;
  @Field(() => DateTime, { description: 'As asked; it does not count any more.' }) to!: Date;
  @Field(() => UsageTotals) totals!: UsageTotals;
  @Field(() => [UsageSeries], { description: 'Those that were called most first.' })
  series!: readonly UsageSeries[];
}
