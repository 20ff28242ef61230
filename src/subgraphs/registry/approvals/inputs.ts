import { Field, InputType } from 'type-graphql';

@InputType()
export class ApproveVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
}

@InputType()
export class RejectVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
  @Field(() => String, { description: 'At most 1000 characters.' }) reason!: string;
}
