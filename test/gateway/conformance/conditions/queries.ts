import type { Feature } from '../suite';
import { world } from './subgraphs';

export const conditions: Feature = {
  feature: '@skip and @include',
  world,
  cases: [
    {
      name: 'a field that is left out asks nobody',
      query: 'query ($no: Boolean!) { trips { to cost @include(if: $no) } }',
      variables: { no: false },
      expected: {
        data: { trips: [{ to: 'Ulm' }, { to: 'Bern' }] },
      },
      fetches: { trips: 1 },
    },
    {
      name: 'beside one that is not: each has what it requires',
      query: 'query ($no: Boolean!) { trips { cost @include(if: $no) load } }',
      variables: { no: false },
      expected: {
        data: { trips: [{ load: 2000 }, { load: 1000 }] },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'the same operation with the other value',
      query: 'query ($no: Boolean!) { trips { cost @include(if: $no) load } }',
      variables: { no: true },
      expected: {
        data: {
          trips: [
            { cost: 20, load: 2000 },
            { cost: 60, load: 1000 },
          ],
        },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'two conditions, one of each',
      query:
        'query ($a: Boolean!, $b: Boolean!) { trips { cost @include(if: $a) load @skip(if: $b) notes @skip(if: $a) { text } } }',
      variables: { a: true, b: true },
      expected: {
        data: { trips: [{ cost: 20 }, { cost: 60 }] },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'both on one field',
      query:
        'query ($a: Boolean!, $b: Boolean!) { trips { to cost @include(if: $a) @skip(if: $b) load @skip(if: $b) @include(if: $a) } }',
      variables: { a: true, b: false },
      expected: {
        data: {
          trips: [
            { to: 'Ulm', cost: 20, load: 2000 },
            { to: 'Bern', cost: 60, load: 1000 },
          ],
        },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'defaults of variables',
      query:
        'query ($a: Boolean = false, $b: Boolean! = true) { trips { cost @include(if: $a) load @include(if: $b) } }',
      expected: {
        data: { trips: [{ load: 2000 }, { load: 1000 }] },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'without variables',
      query:
        '{ trips { to @skip(if: true) cost @include(if: true) load @skip(if: false) km @include(if: false) } }',
      expected: {
        data: {
          trips: [
            { cost: 20, load: 2000 },
            { cost: 60, load: 1000 },
          ],
        },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'nothing is left',
      query: '{ trips { to @skip(if: true) } }',
      expected: { data: { trips: [{}, {}] } },
      fetches: { trips: 1 },
    },
    {
      name: 'nothing is left of the whole operation',
      query: 'query ($no: Boolean!) { trips @include(if: $no) { to } }',
      variables: { no: false },
      expected: { data: {} },
      fetches: {},
    },
    {
      name: 'on fragments and spreads',
      query:
        'query ($no: Boolean!) { trips { ...C @include(if: $no) ... @skip(if: $no) { load } ... on Trip @include(if: $no) { notes { text } } } } fragment C on Trip { cost }',
      variables: { no: false },
      expected: {
        data: { trips: [{ load: 2000 }, { load: 1000 }] },
      },
      fetches: { trips: 1, costs: 1 },
    },
    {
      name: 'on members of a union',
      query:
        'query ($no: Boolean!) { trips { kind { ... on Truck @include(if: $no) { axles } ... on Train @skip(if: $no) { cars } } } }',
      variables: { no: false },
      expected: {
        data: {
          trips: [{ kind: {} }, { kind: { cars: 9 } }],
        },
      },
      fetches: { trips: 1 },
    },
    {
      name: 'the same field with and without',
      query:
        'query ($no: Boolean!) { trips { cost @include(if: $no) cost notes @include(if: $no) { text } notes { trip { to @skip(if: $no) } } } }',
      variables: { no: false },
      expected: {
        data: {
          trips: [
            {
              cost: 20,
              notes: [{ trip: { to: 'Ulm' } }],
            },
            {
              cost: 60,
              notes: [{ trip: { to: 'Bern' } }],
            },
          ],
        },
      },
      fetches: { trips: 2, costs: 1 },
    },
    {
      name: 'below a hop and back',
      query:
        'query ($no: Boolean!) { trips { notes { trip { load @skip(if: $no) cost @include(if: $no) to } } } }',
      variables: { no: false },
      refusal: 'cannot be found in selection set',
    },
    {
      name: 'within a fragment that is spread twice, once under a condition',
      query:
        'query ($no: Boolean!) { trips { ...F @include(if: $no) notes { trip { ...F } } } } fragment F on Trip { load }',
      variables: { no: false },
      refusal: 'cannot be found in selection set',
    },
  ],
};
