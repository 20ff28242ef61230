import { Field, ID, InterfaceType } from 'type-graphql';

/** What can be asked for again by its id alone. Source: the Relay object identification specification. */
@InterfaceType('Node', { description: 'A thing with a global id.' })
export abstract class NodeInterface {
  @Field(() => ID) id!: string;
}
