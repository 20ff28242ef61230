import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** The entities that this slice has fields of: nothing but their keys. */

@ObjectType({ description: 'A user or an organisation.' })
@Directive('@key(fields: "handle")')
export class Owner {
  @Field(() => String) handle!: string;
}

@ObjectType({ description: 'A line of versions with one purpose.' })
@Directive('@key(fields: "ref")')
export class Algorithm {
  @Field(() => String) ref!: string;
}

@ObjectType({
  description: 'All versions of an algorithm that share the first number: the unit of permissions.',
})
@Directive('@key(fields: "ref")')
export class Major {
  @Field(() => String) ref!: string;
}

@ObjectType({ description: 'A semantic version, given once and for ever to one build.' })
@Directive('@key(fields: "ref")')
export class Version {
  @Field(() => String) ref!: string;
}

@ObjectType({ description: 'Who asks.' })
@Directive('@key(fields: "id")')
export class Viewer {
  @Field(() => ID) id!: string;
}
