import { Field, ObjectType } from 'type-graphql';

import { type Refusable, UserError } from '../shared/payload';
import { Algorithm, Build, Version } from './types';
import { InterfaceReport } from './interfaces/types';

@ObjectType()
export class CreateAlgorithmPayload implements Refusable {
  @Field(() => Algorithm, { nullable: true }) algorithm!: Algorithm | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class UpdateAlgorithmPayload implements Refusable {
  @Field(() => Algorithm, { nullable: true }) algorithm!: Algorithm | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class RegisterBuildPayload implements Refusable {
  @Field(() => Build, { nullable: true }) build!: Build | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class PublishVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => InterfaceReport, {
    nullable: true,
    description: 'Against its predecessor; null where nothing was compared.',
  })
  interfaceReport!: InterfaceReport | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class PromoteVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class YankVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class TakeDownVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class UnyankVersionPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
