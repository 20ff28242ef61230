import { Field, ObjectType } from 'type-graphql';

import { type Refusable, UserError } from '../../shared/payload';
import { Algorithm, Owner } from '../types';
import { ConsumerLimits, KeyLimits } from './types';

@ObjectType()
export class SetKeyLimitsPayload implements Refusable {
  @Field(() => KeyLimits, { nullable: true }) limits!: KeyLimits | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class SetOwnerLimitsPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) owner!: Owner | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class SetConsumerLimitsPayload implements Refusable {
  @Field(() => Algorithm, { nullable: true }) algorithm!: Algorithm | null;
  @Field(() => ConsumerLimits, { nullable: true }) limits!: ConsumerLimits | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
