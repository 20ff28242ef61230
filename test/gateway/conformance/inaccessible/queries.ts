import type { Feature } from '../suite';
import { world } from './subgraphs';

export const inaccessible: Feature = {
  feature: '@inaccessible',
  world,
  cases: [
    {
      name: 'a key that callers do not know of leads to another subgraph',
      query: '{ people { name tax } }',
      expected: {
        data: {
          people: [
            { name: 'Ann', tax: 1 },
            { name: 'Cat', tax: 3 },
          ],
        },
      },
      fetches: { accounts: 1, payroll: 1 },
      representations: {
        payroll: [
          [
            { __typename: 'Person', salary: 10, secret: 's1' },
            { __typename: 'Person', salary: 30, secret: 's3' },
          ],
        ],
      },
    },
    {
      name: 'a required field that callers do not know of',
      query: '{ people(prefix: "C") { id tax } }',
      expected: {
        data: { people: [{ id: 'c3', tax: 3 }] },
      },
      fetches: { accounts: 1, payroll: 1 },
    },
    {
      name: 'a member of a union that callers do not know of is null',
      query: '{ all { __typename ... on Person { name } } }',
      expected: {
        data: { all: [{ __typename: 'Person', name: 'Ann' }, null, { __typename: 'Person', name: 'Cat' }] },
      },
      fetches: { accounts: 1 },
      unlikeOneSchema: 'One schema has no such row.',
    },
    {
      name: 'an enum value of the others',
      query: '{ people { level } }',
      expected: {
        data: { people: [{ level: 'HIGH' }, { level: 'LOW' }] },
      },
      fetches: { accounts: 1 },
    },
    {
      name: 'introspection names none of them',
      query:
        '{ person: __type(name: "Person") { fields { name } } robot: __type(name: "Robot") { name } level: __type(name: "Level") { enumValues { name } } account: __type(name: "Account") { possibleTypes { name } } query: __type(name: "Query") { fields { name args { name } } } }',
      expected: {
        data: {
          person: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'level' }, { name: 'tax' }] },
          robot: null,
          level: { enumValues: [{ name: 'HIGH' }, { name: 'LOW' }] },
          account: { possibleTypes: [{ name: 'Person' }] },
          query: {
            fields: [
              { name: 'people', args: [{ name: 'prefix' }] },
              { name: 'all', args: [] },
            ],
          },
        },
      },
      fetches: {},
    },
  ],
};
