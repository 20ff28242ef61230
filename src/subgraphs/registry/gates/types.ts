import { Field, InputType, ObjectType } from 'type-graphql';

import { connectionOf } from '../../shared/paging';
import { type Refusable, UserError } from '../../shared/payload';
import { DateTime, Json } from '../../shared/scalars';
import { Version } from '../types';

@ObjectType({ description: 'The gates of one channel, or of one artifact: all are to be passed.' })
export class ChannelGates {
  @Field(() => String, { description: 'The name of a channel, or `artifact/NAME`.' }) channel!: string;
  @Field(() => [String], { description: 'Such as `recall >= 0.92`.' }) gates!: readonly string[];
  @Field(() => DateTime, { description: 'Only reports since then count.' }) since!: Date;
}

@ObjectType({ description: 'One value of a report.' })
export class GateValue {
  @Field(() => String) name!: string;
  @Field(() => Json, { nullable: true, description: 'Null for what was no number, such as NaN.' })
  value!: unknown;
}

@ObjectType({ description: 'What was measured of a version. Kept for ever.' })
export class GateReport {
  @Field(() => [GateValue]) gates!: readonly GateValue[];
  @Field(() => DateTime) at!: Date;
  byId!: number | null;
}

export const GateReportConnection = connectionOf('GateReport', () => GateReport);

@ObjectType({ description: 'How one gate was judged.' })
export class GateJudgement {
  @Field(() => String) gate!: string;
  @Field(() => Boolean) passed!: boolean;
  @Field(() => Json, { nullable: true, description: 'What was compared; null where there is nothing.' })
  value!: unknown;
  @Field(() => String) threshold!: string;
  @Field(() => String) why!: string;
}

@ObjectType({ description: 'How the gates of one channel judge what was reported on, as it is now.' })
export class ChannelJudgement {
  @Field(() => String, { description: 'The name of a channel, or `artifact/NAME`.' }) channel!: string;
  @Field(() => Boolean, { description: 'Every gate is passed.' }) passed!: boolean;
  @Field(() => Boolean, { description: 'It has entered the channel, and is judged for it no more.' })
  entered!: boolean;
  @Field(() => [GateJudgement]) gates!: readonly GateJudgement[];
}

@InputType({ description: 'The gates that a channel is to have; an empty list takes them away.' })
export class ChannelGatesInput {
  @Field(() => String, { description: '`stable`, `lts`, a name of your own, or `artifact/NAME`.' })
  channel!: string;
  @Field(() => [String], {
    description: 'Such as `recall >= 0.92`, `recall_delta >= -0.01`, `device_tier in edge, phone`.',
  })
  gates!: string[];
}

@InputType()
export class GateValueInput {
  @Field(() => String) name!: string;
  @Field(() => Json, { nullable: true, description: 'A number, a string, true, false or null.' })
  value?: unknown;
}

@InputType({ description: 'On a version; or on a revision of an artifact, by `algorithm` and `artifact`.' })
export class SubmitGateReportInput {
  @Field(() => String, { nullable: true, description: '`owner/name/1.2.3`.' }) version?: string | null;
  @Field(() => String, { nullable: true, description: '`owner/name`.' }) algorithm?: string | null;
  @Field(() => String, { nullable: true, description: '`name@revision`.' }) artifact?: string | null;
  @Field(() => [GateValueInput], { description: 'At most 200.' }) gates!: GateValueInput[];
}

@ObjectType()
export class SubmitGateReportPayload implements Refusable {
  @Field(() => Version, { nullable: true, description: 'Null for a report on an artifact.' })
  version!: Version | null;
  @Field(() => [ChannelJudgement], {
    nullable: true,
    description: 'Of each channel that has gates: how it judges all that was reported by now.',
  })
  judgements!: readonly ChannelJudgement[] | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
