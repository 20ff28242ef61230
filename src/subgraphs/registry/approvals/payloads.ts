import { Field, ObjectType } from 'type-graphql';

import { type Refusable, UserError } from '../../shared/payload';
import { Version } from '../types';

@ObjectType()
export class ApproveVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class RejectVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
