import { Field, ID, InputType, Int } from 'type-graphql';

const PER_SECOND = 'Requests in each second, from 1.';
const BURST = 'Requests in one second, at most; from perSecond to 3,600 times that.';
const PER_DAY = 'Calls a day of UTC; 0 lets nothing through.';
const PER_MONTH = 'Calls a calendar month of UTC; 0 lets nothing through.';

@InputType({ description: 'What is not given stays as it is; null takes a limit away.' })
export class SetKeyLimitsInput {
  @Field(() => ID, { description: 'The public beginning of the key.' }) key!: string;
  @Field(() => Int, { nullable: true, description: PER_SECOND }) perSecond?: number | null;
  @Field(() => Int, { nullable: true, description: BURST }) burst?: number | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay?: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth?: number | null;
}

@InputType({ description: 'What is not given stays as it is; null takes a limit away.' })
export class SetOwnerLimitsInput {
  @Field(() => String, { description: 'A user or an organisation.' }) owner!: string;
  @Field(() => Int, { nullable: true, description: PER_SECOND }) perSecond?: number | null;
  @Field(() => Int, { nullable: true, description: BURST }) burst?: number | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay?: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth?: number | null;
}

@InputType({ description: 'What is not given stays as it is; null takes a limit away.' })
export class SetConsumerLimitsInput {
  @Field(() => String, { description: 'owner/name' }) algorithm!: string;
  @Field(() => String, {
    nullable: true,
    description: 'A user or an organisation; null: every consumer that has none of its own.',
  })
  consumer?: string | null;
  @Field(() => Int, { nullable: true, description: PER_DAY }) perDay?: number | null;
  @Field(() => Int, { nullable: true, description: PER_MONTH }) perMonth?: number | null;
}
