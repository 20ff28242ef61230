import { Field, InputType, ObjectType } from 'type-graphql';

import type { MoveKind as Kind } from '../../../domain/terms';
import { MoveKind } from '../../shared/enums';
import { connectionOf } from '../../shared/paging';
import { type Refusable, UserError } from '../../shared/payload';
import { DateTime } from '../../shared/scalars';

@ObjectType({ description: 'A name for a public version: computed, or a pointer that its owner moves.' })
export class Channel {
  @Field(() => String) name!: string;
  @Field(() => Boolean, { description: 'Follows what is published by itself, rather than being moved.' })
  computed!: boolean;
  algorithmId!: number;
  algorithmRef!: string;
  versionId!: number | null;
}

@ObjectType({ description: 'That a channel was moved.' })
export class ChannelMove {
  @Field(() => MoveKind) kind!: Kind;
  @Field(() => DateTime) at!: Date;
  @Field(() => String, { nullable: true }) reason!: string | null;
  algorithmId!: number;
  algorithmRef!: string;
  fromId!: number | null;
  toId!: number | null;
  byId!: number | null;
}

export const ChannelMoveConnection = connectionOf('ChannelMove', () => ChannelMove);

const CHANNEL = '`stable`, `lts`, or a name of your own.';

@InputType()
export class MoveChannelInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => String, { description: CHANNEL }) channel!: string;
  @Field(() => String, { description: 'A public version of it: `1.2.3`, or `owner/name/1.2.3`.' })
  to!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The version that it names now, in the same form; null: it names none.',
  })
  expected?: string | null;
  @Field(() => String, { nullable: true, description: 'At most 1000 characters; for all to read.' })
  reason?: string | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'For `lts`: until when it moves within its `major.minor` alone. Default: 12 months.',
  })
  supportedUntil?: Date | null;
}

@InputType()
export class RollbackChannelInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => String, { description: CHANNEL }) channel!: string;
  @Field(() => String, { nullable: true, description: 'At most 1000 characters; for all to read.' })
  reason?: string | null;
}

@ObjectType()
export class MoveChannelPayload implements Refusable {
  @Field(() => Channel, { nullable: true }) channel!: Channel | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class RollbackChannelPayload implements Refusable {
  @Field(() => Channel, { nullable: true }) channel!: Channel | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
