import { Field, ID, Int, ObjectType } from 'type-graphql';

import type { Limits } from '../../../domain/limits/limit';
import * as standing from '../../../domain/limits/standing';
import { enumOf } from '../../shared/enums';
import { connectionOf } from '../../shared/paging';
import { DateTime } from '../../shared/scalars';
import { Algorithm, Owner } from '../types';
import type { QuotaRecord } from './reader';
import type { ConsumerLimitsRecord, OwnerLimitsRecord } from './store';

export const LimitScope = enumOf('LimitScope', standing.LIMIT_SCOPES, 'Whose calls a limit counts.', {
  KEY: 'Those of one API key.',
  OWNER: 'Those of a user or an organisation, by whatever key.',
  ALGORITHM: 'Those of a user or an organisation to one algorithm.',
});

export const LimitPeriod = enumOf('LimitPeriod', standing.LIMIT_PERIODS, 'Over which time a limit counts.', {
  SECOND: 'A rate.',
  DAY: 'A day of UTC.',
  MONTH: 'A calendar month of UTC.',
});

const PER_SECOND = 'Requests in each second.';
const BURST = 'Requests in one second, at most; null: perSecond.';
const PER_DAY = 'Calls a day of UTC.';
const PER_MONTH = 'Calls a calendar month of UTC.';

@ObjectType({ description: 'What bounds the calls of an API key.' })
export class KeyLimits {
  @Field(() => ID, { description: 'The public beginning of the key.' }) key!: string;
  @Field(() => Int, { nullable: true, description: PER_SECOND }) perSecond!: number | null;
  @Field(() => Int, { nullable: true, description: BURST }) burst!: number | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay!: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth!: number | null;
}

@ObjectType({ description: 'What bounds the calls of a user or an organisation, all its keys together.' })
export class OwnerLimits {
  @Field(() => Int, { nullable: true, description: PER_SECOND }) perSecond!: number | null;
  @Field(() => Int, { nullable: true, description: BURST }) burst!: number | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay!: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth!: number | null;
  @Field(() => [KeyLimits], { description: 'Of those of its keys that have some, oldest first.' })
  keys!: readonly KeyLimits[];
}

@ObjectType({ description: 'What bounds the calls of a consumer to one algorithm.' })
export class ConsumerLimits {
  @Field(() => Owner, { nullable: true, description: 'Null: every consumer that has none of its own.' })
  consumer!: Owner | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay!: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth!: number | null;
}

export const ConsumerLimitsConnection = connectionOf('ConsumerLimits', () => ConsumerLimits);

@ObjectType({ description: 'Where the viewer stands with one of the limits that bound its calls.' })
export class Quota {
  @Field(() => LimitScope) scope!: standing.LimitScope;
  @Field(() => Algorithm, { nullable: true, description: 'For the scope ALGORITHM.' })
  algorithm!: Algorithm | null;
  @Field(() => LimitPeriod) period!: standing.LimitPeriod;
  @Field(() => Int, { description: 'Of a rate, the requests that are let through at once.' }) limit!: number;
  @Field(() => Int, { description: 'In this period, calls under way included.' }) used!: number;
  @Field(() => Int) remaining!: number;
  @Field(() => DateTime, { description: 'When the period ends.' }) resetsAt!: Date;
}

export function keyLimitsOf({ prefix, ...limits }: Limits & { readonly prefix: string }): KeyLimits {
  return { key: prefix, ...limits };
}

export function ownerLimitsOf({ own, keys }: OwnerLimitsRecord): OwnerLimits {
  return { ...own, keys: keys.map(keyLimitsOf) };
}

export function consumerLimitsOf({ consumer, perDay, perMonth }: ConsumerLimitsRecord): ConsumerLimits {
  return { consumer: consumer === null ? null : { handle: consumer }, perDay, perMonth };
}

export function quotaOf({ algorithm, resetsAt, ...quota }: QuotaRecord): Quota {
  return {
    ...quota,
    algorithm: algorithm === null ? null : { ref: algorithm },
    resetsAt: new Date(resetsAt),
  };
}
