import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql';

import { connectionOf, PageArgs } from '../../shared/paging';
import { DateTime } from '../../shared/scalars';
import { Owner } from '../types';

export const DEFAULT_DAYS = 30;
export const MAX_DAYS = 366;

@ArgsType()
export class ActiveCallersArgs extends PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_DAYS,
    description: `How far back, from 1 to ${MAX_DAYS}; whole days of UTC, the one that it reaches into included.`,
  })
  days!: number | null;
}

@ArgsType()
export class RangeCallersArgs extends ActiveCallersArgs {
  @Field(() => String, { description: 'A version, a partial one such as `1` or `1.2`, or a range.' })
  range!: string;
}

@ObjectType({ description: 'Someone who called of late.' })
export class ActiveCaller {
  @Field(() => Owner, {
    nullable: true,
    description: 'An organisation, or the viewer itself; users are known by pseudonyms alone.',
  })
  caller!: Owner | null;
  @Field(() => String, {
    description: 'The same that backends get in `X-Algogate-Caller`; of the operator, `operator`.',
  })
  pseudonym!: string;
  @Field(() => Float) calls!: number;
  @Field(() => DateTime, { description: 'The beginning of the day, of UTC, on which it called last.' })
  lastCallOn!: Date;
}

export const ActiveCallerConnection = connectionOf('ActiveCaller', () => ActiveCaller);
