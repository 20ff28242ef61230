import type { Feature } from '../suite';
import { world } from './subgraphs';

export const linkedNames: Feature = {
  feature: 'names of directives and root types',
  world,
  cases: [
    {
      name: 'root types by other names',
      query: '{ rows { name } __typename }',
      expected: {
        data: { rows: [{ name: 'one' }, { name: 'two' }], __typename: 'Query' },
      },
      fetches: { renamed: 1 },
    },
    {
      name: 'a mutation by another name',
      query: 'mutation { rename(id: "r1", to: "uno") { name size marked } }',
      expected: { data: { rename: { name: 'uno', size: 9, marked: 'yes' } } },
      fetches: { renamed: 1, marked: 1 },
    },
    {
      name: 'directives that are imported under other names',
      query: '{ rows { size area } }',
      expected: {
        data: {
          rows: [
            { size: 2, area: 4 },
            { size: 3, area: 9 },
          ],
        },
      },
      fetches: { renamed: 1, prefixed: 1 },
    },
    {
      name: 'directives that are not imported',
      query: '{ first { area name size } }',
      expected: { data: { first: { area: 4, name: 'one', size: 2 } } },
      fetches: { prefixed: 2, renamed: 1 },
    },
    {
      name: 'a directive for queries that all subgraphs know, with its default and without',
      query: '{ first { marked @lang(code: DE) } rows @lang { id name @lang } }',
      expected: {
        data: {
          first: { marked: 'yes' },
          rows: [
            { id: 'r1', name: 'one' },
            { id: 'r2', name: 'two' },
          ],
        },
      },
      fetches: { renamed: 1, prefixed: 1, marked: 1 },
    },
    {
      name: 'a directive that callers do not have is not in the schema',
      query: '{ __schema { directives { name args { name defaultValue } } } }',
      expected: {
        data: {
          __schema: {
            directives: [
              { name: 'lang', args: [{ name: 'code', defaultValue: 'EN' }] },
              { name: 'include', args: [{ name: 'if', defaultValue: null }] },
              { name: 'skip', args: [{ name: 'if', defaultValue: null }] },
              { name: 'deprecated', args: [{ name: 'reason', defaultValue: '"No longer supported"' }] },
              { name: 'specifiedBy', args: [{ name: 'url', defaultValue: null }] },
              { name: 'oneOf', args: [] },
            ],
          },
        },
      },
      fetches: {},
    },
    {
      name: 'a field that carries a directive of its subgraph',
      query: '{ first { marked } }',
      expected: { data: { first: { marked: 'yes' } } },
      fetches: { prefixed: 1, marked: 1 },
    },
  ],
};
