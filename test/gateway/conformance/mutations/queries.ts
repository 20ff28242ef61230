import type { Feature } from '../suite';
import { reset, world } from './subgraphs';

export const mutations: Feature = {
  feature: 'mutations',
  world,
  reset,
  cases: [
    {
      name: 'fields of another subgraph below a mutation',
      query: 'mutation { add(id: "c1", price: 5) { total items } }',
      expected: {
        data: { add: { total: 15, items: ['cup'] } },
      },
      fetches: { prices: 1, packing: 1 },
    },
    {
      name: 'one after the other across subgraphs, each with what is below it',
      query:
        'mutation { a: add(id: "c1", price: 1) { total count } p: pack(input: { id: "c1", items: ["jug"] }) { count total } b: add(id: "c1", price: 2) { total count } }',
      expected: {
        data: { a: { total: 11, count: 1 }, p: { count: 2, total: 11 }, b: { total: 13, count: 2 } },
      },
      fetches: { prices: 3, packing: 3 },
    },
    {
      name: 'of one subgraph, one request',
      query: 'mutation { a: add(id: "c1", price: 1) { total } b: add(id: "c1", price: 2) { total } }',
      expected: { data: { a: { total: 11 }, b: { total: 13 } } },
      fetches: { prices: 1 },
    },
    {
      name: 'an input object from variables, with a default in it',
      query: 'mutation ($in: Packing!) { pack(input: $in) { items } }',
      variables: { in: { id: 'c1' } },
      expected: {
        data: { pack: { items: ['cup', 'bag'] } },
      },
      fetches: { packing: 1 },
    },
    {
      name: 'one that fails and may be null stops nothing',
      query:
        'mutation { tryAdd(id: "no", price: 1) { total } pack(input: { id: "c1", items: [] }) { total } }',
      expected: {
        errors: [{ message: 'There is no cart no.', path: ['tryAdd'] }],
        data: { tryAdd: null, pack: { total: 10 } },
      },
      fetches: { prices: 2, packing: 1 },
    },
    {
      name: 'one that fails and may not be null ends it',
      query:
        'mutation { add(id: "no", price: 1) { items } pack(input: { id: "c1", items: ["x"] }) { total } }',
      expected: {
        errors: [{ message: 'There is no cart no.', path: ['add'] }],
        data: null,
      },
      fetches: { prices: 1 },
    },
    {
      name: 'a mutation that a condition leaves out',
      query:
        'mutation ($no: Boolean!) { pack(input: { id: "c1", items: ["x"] }) @include(if: $no) { total } add(id: "c1", price: 3) { count } }',
      variables: { no: false },
      expected: { data: { add: { count: 1 } } },
      fetches: { prices: 1, packing: 1 },
    },
    {
      name: 'in fragments, in the order of the document',
      query:
        'mutation { ...P add(id: "c1", price: 3) { total count } } fragment P on Mutation { pack(input: { id: "c1", items: ["x", "y"] }) { count total } }',
      expected: { data: { pack: { count: 3, total: 10 }, add: { total: 13, count: 3 } } },
      fetches: { packing: 2, prices: 2 },
    },
  ],
};
