import { Field, InputType, ObjectType } from 'type-graphql';

import { type Refusable, UserError } from '../../shared/payload';
import { DateTime } from '../../shared/scalars';
import { Algorithm } from '../types';

@ObjectType({ description: 'That a version is not to be used any more. It goes on resolving.' })
export class Deprecation {
  @Field(() => String) message!: string;
  @Field(() => String, { nullable: true, description: 'A reference; null: there is none.' })
  replacement!: string | null;
  @Field(() => DateTime, { nullable: true }) removalDate!: Date | null;
  @Field(() => DateTime, { description: 'Since when it is deprecated, however often that was reworded.' })
  since!: Date;
  deprecationId!: number;
}

@InputType()
export class DeprecateInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => String, { description: 'A version, a partial one such as `1` or `1.2`, or a range.' })
  range!: string;
  @Field(() => String, { description: 'Empty: what was said before of these versions is taken back.' })
  message!: string;
  @Field(() => String, { nullable: true, description: 'A reference; null or `none`: there is none.' })
  replacement?: string | null;
  @Field(() => String, { nullable: true, description: 'Markdown.' }) migrationGuide?: string | null;
  @Field(() => DateTime, { nullable: true, description: "No sooner than the algorithm's policy allows." })
  removalDate?: Date | null;
}

@ObjectType()
export class DeprecatePayload implements Refusable {
  @Field(() => Algorithm, { nullable: true }) algorithm!: Algorithm | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
