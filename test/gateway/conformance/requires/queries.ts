import type { Feature } from '../suite';
import { world } from './subgraphs';

export const requires: Feature = {
  feature: '@requires',
  world,
  cases: [
    {
      name: 'a value of another subgraph',
      query: '{ parcels { id cost } }',
      expected: {
        data: {
          parcels: [
            { id: 'x1', cost: 200 },
            { id: 'x2', cost: 500 },
            { id: 'x3', cost: -100 },
          ],
        },
      },
      fetches: { parcels: 1, prices: 1 },
      representations: {
        prices: [
          [
            { __typename: 'Parcel', weight: 2, id: 'x1' },
            { __typename: 'Parcel', weight: 5, id: 'x2' },
            { __typename: 'Parcel', weight: null, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'objects within one another',
      query: '{ parcels { area } }',
      expected: {
        data: { parcels: [{ area: '12cm' }, { area: '1in' }, { area: null }] },
      },
      fetches: { parcels: 1, prices: 1 },
      representations: {
        prices: [
          [
            { __typename: 'Parcel', size: { w: 3, h: 4, unit: { name: 'cm' } }, id: 'x1' },
            { __typename: 'Parcel', size: { w: 1, h: 1, unit: { name: 'in' } }, id: 'x2' },
            { __typename: 'Parcel', size: null, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'a list of objects',
      query: '{ parcels { route } }',
      expected: {
        data: { parcels: [{ route: 'Ulm 10, Bern 30' }, { route: '' }, { route: 'none' }] },
      },
      fetches: { parcels: 1, prices: 1 },
      representations: {
        prices: [
          [
            {
              __typename: 'Parcel',
              stops: [
                { city: 'Ulm', km: 10 },
                { city: 'Bern', km: 30 },
              ],
              id: 'x1',
            },
            { __typename: 'Parcel', stops: [], id: 'x2' },
            { __typename: 'Parcel', stops: null, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'lists of values and of lists',
      query: '{ parcels { printed } }',
      expected: {
        data: {
          parcels: [
            { printed: '[["a","b"],[[1,2],[3]]]' },
            { printed: '[[],[]]' },
            { printed: '[null,null]' },
          ],
        },
      },
      fetches: { parcels: 1, prices: 1 },
      representations: {
        prices: [
          [
            { __typename: 'Parcel', labels: ['a', 'b'], grid: [[1, 2], [3]], id: 'x1' },
            { __typename: 'Parcel', labels: [], grid: [], id: 'x2' },
            { __typename: 'Parcel', labels: null, grid: null, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'what is required and what is asked for do not disturb each other',
      query: '{ parcel(id: "x1") { area size { h: w } stops { km } route } }',
      expected: {
        data: {
          parcel: { area: '12cm', size: { h: 3 }, stops: [{ km: 10 }, { km: 30 }], route: 'Ulm 10, Bern 30' },
        },
      },
      fetches: { parcels: 1, prices: 1 },
    },
    {
      name: 'a field that requires one that requires',
      query: '{ parcels { taxed } }',
      expected: {
        data: { parcels: [{ taxed: 201 }, { taxed: 501 }, { taxed: -99 }] },
      },
      fetches: { parcels: 1, prices: 1, taxes: 1 },
      representations: {
        taxes: [
          [
            { __typename: 'Parcel', cost: 200, id: 'x1' },
            { __typename: 'Parcel', cost: 500, id: 'x2' },
            { __typename: 'Parcel', cost: -100, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'three such in a row',
      query: '{ parcels { shown } }',
      expected: {
        data: { parcels: [{ shown: '201 for 2' }, { shown: '501 for 5' }, { shown: '-99 for null' }] },
      },
      fetches: { parcels: 1, prices: 1, taxes: 1, texts: 1 },
      representations: {
        texts: [
          [
            { __typename: 'Parcel', taxed: 201, weight: 2, id: 'x1' },
            { __typename: 'Parcel', taxed: 501, weight: 5, id: 'x2' },
            { __typename: 'Parcel', taxed: -99, weight: null, id: 'x3' },
          ],
        ],
      },
    },
    {
      name: 'three such, all of them shown',
      query: '{ parcel(id: "x1") { shown taxed cost weight } }',
      expected: { data: { parcel: { shown: '201 for 2', taxed: 201, cost: 200, weight: 2 } } },
      fetches: { parcels: 1, prices: 1, taxes: 1, texts: 1 },
    },
    {
      name: 'all fields of one subgraph are one request',
      query: '{ parcel(id: "x1") { cost area route printed } }',
      expected: {
        data: {
          parcel: { cost: 200, area: '12cm', route: 'Ulm 10, Bern 30', printed: '[["a","b"],[[1,2],[3]]]' },
        },
      },
      fetches: { parcels: 1, prices: 1 },
    },
    {
      name: 'the caller calls other fields by the names of what is required',
      query: '{ parcel(id: "x1") { weight: labels size: id cost: area taxed } }',
      expected: {
        data: { parcel: { weight: ['a', 'b'], size: 'x1', cost: '12cm', taxed: 201 } },
      },
      fetches: { parcels: 1, prices: 1, taxes: 1 },
    },
    {
      name: 'a field beside it that requires nothing waits for nothing',
      query: '{ parcel(id: "x1") { next { id } cost } }',
      expected: {
        data: { parcel: { next: { id: 'x2' }, cost: 200 } },
      },
      fetches: { parcels: 1, prices: 1, texts: 1 },
    },
    {
      name: 'below a field that required nothing',
      query: '{ parcel(id: "x1") { next { cost area } } }',
      expected: {
        data: { parcel: { next: { cost: 500, area: '1in' } } },
      },
      fetches: { parcels: 2, texts: 1, prices: 1 },
    },
    {
      name: 'an entity with it within one of the same type',
      query: '{ parcel(id: "x1") { shown next { shown next { shown } } } }',
      refusal:
        "Failed to plan query: failed to build fetch graph: Path '_alias0_parcel.next' cannot be found in selection set of type Query",
    },
  ],
};
