import type { Feature } from '../suite';
import { world } from './subgraphs';

export const nodes: Feature = {
  feature: 'one node interface in all subgraphs',
  world,
  cases: [
    {
      name: 'a node by its id',
      query: '{ node(id: "t1") { __typename id } }',
      expected: { data: { node: { __typename: 'Toaster', id: 't1' } } },
      fetches: { nodes: 1 },
    },
    {
      name: 'with the fields of its type elsewhere',
      query: '{ node(id: "t1") { id ... on Toaster { slots } ... on Chat { text } } }',
      expected: { data: { node: { id: 't1', slots: 4 } } },
      fetches: { nodes: 1, machines: 1 },
    },
    {
      name: 'nodes of several subgraphs, with nulls',
      query:
        '{ nodes(ids: ["c1", "x", "o1", "t1"]) { id ... on Oven { watts } ... on Toaster { slots } ... on Chat { text } } }',
      expected: {
        data: { nodes: [{ id: 'c1', text: 'Hi' }, null, { id: 'o1', watts: 900 }, { id: 't1', slots: 4 }] },
      },
      fetches: { nodes: 1, chats: 1, machines: 1 },
    },
    {
      name: 'through an interface that only some implement',
      query: '{ nodes(ids: ["o1", "t1"]) { ... on Warranted { warranty } } }',
      expected: {
        data: { nodes: [{}, { warranty: 3 }] },
      },
      fetches: { nodes: 1, machines: 1 },
    },
    {
      name: 'a member of a union as a node',
      query: '{ machines { ... on Node { id } } }',
      expected: {
        data: { machines: [{ id: 'o1' }, { id: 't1' }] },
      },
      fetches: { machines: 1 },
    },
    {
      name: 'a member of a union by an interface that only some implement',
      query: '{ machines { __typename ... on Warranted { warranty } ... on Oven { w: warranty } } }',
      expected: {
        data: {
          machines: [
            { __typename: 'Oven', w: 2 },
            { __typename: 'Toaster', warranty: 3 },
          ],
        },
      },
      fetches: { machines: 1 },
    },
    {
      name: 'from a node to a node',
      query: '{ node(id: "c1") { ... on Chat { about { id ... on Oven { watts } } } } }',
      expected: {
        data: { node: { about: { id: 'o1', watts: 900 } } },
      },
      fetches: { nodes: 1, chats: 1, machines: 1 },
    },
    {
      name: 'twice, each with its own fragment',
      query: '{ a: node(id: "o1") { ... on Chat { text } } b: node(id: "c1") { ... on Chat { text } } }',
      expected: { data: { a: {}, b: { text: 'Hi' } } },
      fetches: { nodes: 1, chats: 1 },
    },
    {
      name: 'fragments within fragments',
      query:
        '{ nodes(ids: ["t1"]) { ... on Node { ... on Warranted { ... on Toaster { slots ... on Node { id } } } } } }',
      expected: {
        data: { nodes: [{ slots: 4, id: 't1' }] },
      },
      fetches: { nodes: 1, machines: 1 },
    },
    {
      name: 'a node that is not there',
      query: '{ node(id: "zz") { id ... on Oven { watts } } }',
      expected: { data: { node: null } },
      fetches: { nodes: 1 },
    },
  ],
};
