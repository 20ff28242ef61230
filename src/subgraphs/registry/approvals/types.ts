import { Field, ObjectType } from 'type-graphql';

import { DateTime } from '../../shared/scalars';

@ObjectType({ description: 'What a second person decided on a protected release.' })
export class Approval {
  @Field(() => Boolean, { description: 'False: it was rejected.' }) approved!: boolean;
  @Field(() => DateTime) at!: Date;
  @Field(() => String, { nullable: true, description: 'Why it was rejected.' }) reason!: string | null;
  byId!: number;
}
