import type { Feature } from '../suite';
import { world } from './subgraphs';

export const keysMixed: Feature = {
  feature: 'keys that are resolvable here and not there',
  world,
  cases: [
    {
      name: 'a field that requires one of the subgraph with another key',
      query: '{ boxes { id parts { id name nameInBoxes } } }',
      expected: {
        data: {
          boxes: [
            {
              id: 'b1',
              parts: [
                { id: 'a1', name: 'bolt', nameInBoxes: 'boxed bolt' },
                { id: 'a2', name: 'nut', nameInBoxes: 'boxed nut' },
              ],
            },
          ],
        },
      },
      fetches: { boxes: 2, parts: 1 },
    },
    {
      name: 'part of a compound key is a key too',
      query: '{ boxes { parts { group { title } } } }',
      expected: {
        data: {
          boxes: [
            {
              parts: [{ group: { title: 'steel' } }, { group: { title: 'brass' } }],
            },
          ],
        },
      },
      fetches: { boxes: 1, sorts: 1, groups: 1 },
      representations: {
        sorts: [
          [
            { __typename: 'Part', code: { one: '1', two: '2' } },
            { __typename: 'Part', code: { one: '4', two: '5' } },
          ],
        ],
        groups: [
          [
            { __typename: 'Group', id: 'g1' },
            { __typename: 'Group', id: 'g2' },
          ],
        ],
      },
    },
    {
      name: 'to a subgraph whose key is part of what the first has',
      query: '{ part(id: "a2") { group { id } } }',
      expected: {
        data: { part: { group: { id: 'g2' } } },
      },
      fetches: { parts: 1, sorts: 1 },
      representations: {
        sorts: [[{ __typename: 'Part', code: { one: '4', two: '5' } }]],
      },
    },
    {
      name: 'into the subgraph with the longest key',
      query: '{ part(id: "a1") { nameInBoxes } }',
      expected: { data: { part: { nameInBoxes: 'boxed bolt' } } },
      fetches: { parts: 1, boxes: 1 },
      representations: {
        boxes: [[{ __typename: 'Part', name: 'bolt', id: 'a1', code: { two: '2', three: '3' } }]],
      },
    },
    {
      name: 'only keys',
      query: '{ boxes { parts { pid code { three } } } }',
      expected: {
        data: {
          boxes: [
            {
              parts: [
                { pid: 'x1', code: { three: '3' } },
                { pid: 'x2', code: { three: '6' } },
              ],
            },
          ],
        },
      },
      fetches: { boxes: 1 },
    },
    {
      name: 'everything of a part',
      query: '{ part(id: "a1") { id pid code { one two three } name nameInBoxes group { id title } } }',
      expected: {
        data: {
          part: {
            id: 'a1',
            pid: 'x1',
            code: { one: '1', two: '2', three: '3' },
            name: 'bolt',
            nameInBoxes: 'boxed bolt',
            group: { id: 'g1', title: 'steel' },
          },
        },
      },
      fetches: { parts: 1, boxes: 1, sorts: 1, groups: 1 },
    },
  ],
};
