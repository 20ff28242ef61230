import type { Feature } from '../suite';
import { world } from './subgraphs';

export const shareable: Feature = {
  feature: '@shareable',
  world,
  cases: [
    {
      name: 'one subgraph has all that is asked: one request',
      query: '{ items { id name a money { amount } } }',
      expected: {
        data: {
          items: [
            { id: 'i1', name: 'Cup', a: 'a1', money: { amount: 3 } },
            { id: 'i2', name: 'Jug', a: 'a2', money: { amount: 5 } },
          ],
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'another has all of something else: one request there',
      query: '{ items { name b place { shelf aisle } } }',
      expected: {
        data: {
          items: [
            { name: 'Cup', b: 'b1', place: { shelf: 1, aisle: 'A' } },
            { name: 'Jug', b: 'b2', place: null },
          ],
        },
      },
      fetches: { b: 1 },
    },
    {
      name: 'fields of both',
      query: '{ item(id: "i1") { a b } }',
      expected: { data: { item: { a: 'a1', b: 'b1' } } },
      fetches: { b: 1, a: 1 },
    },
    {
      name: 'fields of all three',
      query: '{ items { a b c } }',
      expected: {
        data: {
          items: [
            { a: 'a1', b: 'b1', c: 'c1' },
            { a: 'a2', b: 'b2', c: 'c2' },
          ],
        },
      },
      fetches: { b: 1, a: 1, c: 1 },
    },
    {
      name: 'values within values',
      query: '{ items { c money { amount unit { code symbol } } } }',
      expected: {
        data: {
          items: [
            { c: 'c1', money: { amount: 3, unit: { code: 'EUR', symbol: '€' } } },
            { c: 'c2', money: { amount: 5, unit: { code: 'CHF', symbol: '₣' } } },
          ],
        },
      },
      fetches: { a: 1, c: 1 },
    },
    {
      name: 'a value that is null',
      query: '{ item(id: "i2") { place { shelf } c } }',
      expected: { data: { item: { place: null, c: 'c2' } } },
      fetches: { b: 1, c: 1 },
    },
    {
      name: 'root types that are no entities are asked of both, and merged',
      query: '{ viewer { session { name seen left } } }',
      expected: {
        data: { viewer: { session: { name: 'ann', seen: 3, left: 4 } } },
      },
      fetches: { b: 1, a: 1 },
    },
    {
      name: 'only what the one has',
      query: '{ viewer { session { seen } } }',
      expected: {
        data: { viewer: { session: { seen: 3 } } },
      },
      fetches: { a: 1 },
    },
    {
      name: 'lists of values',
      query: '{ items { parts { id size } a b } }',
      expected: {
        data: {
          items: [
            { parts: [{ id: 'q1', size: 1 }], a: 'a1', b: 'b1' },
            { parts: [], a: 'a2', b: 'b2' },
          ],
        },
      },
      fetches: { b: 1, a: 1 },
    },
    {
      name: 'a shared root field beside one that is not',
      query: '{ onlyA item(id: "i2") { name } }',
      expected: { data: { onlyA: 'A', item: { name: 'Jug' } } },
      fetches: { a: 1 },
    },
  ],
};
