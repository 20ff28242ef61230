import type { Feature } from '../suite';
import { world } from './subgraphs';

export const override: Feature = {
  feature: '@override',
  world,
  cases: [
    {
      name: 'a field that moved is asked of its new subgraph',
      query: '{ bills { amount } }',
      expected: {
        data: { bills: [{ amount: 101 }, { amount: 251 }] },
      },
      fetches: { old: 1, new: 1 },
    },
    {
      name: 'what did not move is asked where it was',
      query: '{ bills { id } }',
      expected: {
        data: { bills: [{ id: 'k1' }, { id: 'k2' }] },
      },
      fetches: { old: 1 },
    },
    {
      name: 'from its new subgraph on, nobody else is asked',
      query: '{ recent { amount note } }',
      expected: { data: { recent: { amount: 251, note: 'new note' } } },
      fetches: { new: 1 },
    },
    {
      name: 'an object that moved',
      query: '{ bill(id: "k1") { payer { name } } }',
      expected: {
        data: { bill: { payer: { name: 'moved' } } },
      },
      fetches: { old: 1, new: 1 },
    },
    {
      name: 'a root field that moved',
      query: '{ version }',
      expected: { data: { version: 'new' } },
      fetches: { new: 1 },
    },
    {
      name: 'from a subgraph that is not in the graph',
      query: '{ bill(id: "k2") { status } }',
      expected: { data: { bill: { status: 'open' } } },
      fetches: { old: 1, new: 1 },
    },
    {
      name: 'a field that moved is required by another',
      query: '{ bills { tax } }',
      expected: {
        data: { bills: [{ tax: 202 }, { tax: 502 }] },
      },
      fetches: { old: 1, new: 1, tax: 1 },
      representations: {
        tax: [
          [
            { __typename: 'Bill', amount: 101, id: 'k1' },
            { __typename: 'Bill', amount: 251, id: 'k2' },
          ],
        ],
      },
    },
    {
      name: 'a field that moved to where it requires another that moved',
      query: '{ bills { due tax amount } }',
      expected: {
        data: {
          bills: [
            { due: 'due 101', tax: 202, amount: 101 },
            { due: 'due 251', tax: 502, amount: 251 },
          ],
        },
      },
      fetches: { old: 1, new: 1, tax: 1 },
    },
    {
      name: 'through an interface of the old subgraph',
      query: '{ documents { id note } }',
      expected: {
        data: {
          documents: [
            { id: 'k1', note: 'new note' },
            { id: 'k2', note: 'new note' },
          ],
        },
      },
      fetches: { old: 1, new: 1 },
    },
  ],
};
