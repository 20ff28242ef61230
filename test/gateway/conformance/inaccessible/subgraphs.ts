import { World, type Row } from '../../world';
import { asGiven, loadedBy } from '../rows';

const accounts: Row[] = [
  { __typename: 'Person', id: 'c1', secret: 's1', name: 'Ann', level: 'HIGH', salary: 10 },
  { __typename: 'Robot', id: 'c2', secret: 's2', name: 'R2', level: 'HIDDEN', salary: 20 },
  { __typename: 'Person', id: 'c3', secret: 's3', name: 'Cat', level: 'LOW', salary: 30 },
];
const people = accounts.filter(({ __typename: type }) => type === 'Person');
const named = (_: Row, { prefix }: Row) =>
  people.filter(({ name }) => String(name).startsWith(typeof prefix === 'string' ? prefix : ''));

/** A key, a required field, a type of a union, a value of an enum and an argument that callers do not know of. */
export function world(): World {
  return new World({
    subgraphs: {
      accounts: {
        sdl: `
          type Query {
            people(prefix: String, internal: Boolean = false @inaccessible): [Person!]!  all: [Account]!  hidden: String @inaccessible
          }
          union Account = Person | Robot
          type Person @key(fields: "secret") { id: ID! secret: ID! @inaccessible name: String level: Level salary: Int @inaccessible }
          type Robot @key(fields: "secret") @inaccessible { id: ID! secret: ID! name: String level: Level }
          enum Level { HIGH LOW HIDDEN @inaccessible }`,
        resolvers: { Query: { people: named, all: () => accounts } },
        loaders: { Person: loadedBy(accounts, 'secret'), Robot: loadedBy(accounts, 'secret') },
      },
      payroll: {
        sdl: `
          type Person @key(fields: "secret") { secret: ID! @inaccessible salary: Int @external tax: Int @requires(fields: "salary") }`,
        resolvers: { Person: { tax: (row) => Number(row['salary']) / 10 } },
        loaders: { Person: asGiven },
      },
    },
    whole: {
      Query: { people: named, all: () => accounts },
      Person: { tax: (row) => Number(row['salary']) / 10 },
    },
  });
}
