import { Directive, Field, InputType } from 'type-graphql';

import { DateTime } from '../shared/scalars';

@Directive('@oneOf')
@InputType({ description: 'A past moment: exactly one of both.' })
export class AsOf {
  @Field(() => DateTime, { nullable: true }) time?: Date | null;
  @Field(() => String, {
    nullable: true,
    description: '`owner@12`, as an earlier answer had it, or several, separated by commas.',
  })
  position?: string | null;
}
