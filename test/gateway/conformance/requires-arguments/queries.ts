import type { Feature } from '../suite';
import { world } from './subgraphs';

export const requiresArguments: Feature = {
  feature: '@requires with arguments',
  world,
  cases: [
    {
      name: 'the argument of the field set is sent',
      query: '{ rooms { heating } }',
      expected: {
        data: { rooms: [{ heating: '2000 by 1' }, { heating: '-500 by 1' }] },
      },
      fetches: { rooms: 1, heaters: 1 },
      representations: {
        heaters: [
          [
            { __typename: 'Room', temperature: 2000, id: 'm1' },
            { __typename: 'Room', temperature: -500, id: 'm2' },
          ],
        ],
      },
    },
    {
      name: 'two fields that require one field with different arguments',
      query: '{ rooms { heating cooling } }',
      expected: {
        data: {
          rooms: [
            { heating: '2000 by 1', cooling: '20000 down' },
            { heating: '-500 by 1', cooling: '-5000 down' },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'beside it, the caller asks the same field with its default',
      query: '{ rooms { temperature heating } }',
      expected: {
        data: {
          rooms: [
            { temperature: 20, heating: '2000 by 1' },
            { temperature: -5, heating: '-500 by 1' },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'beside it, the caller asks the same field with another argument',
      query: '{ rooms { temperature(unit: MILLI) heating(by: 3) } }',
      expected: {
        data: {
          rooms: [
            { temperature: 20000, heating: '2000 by 3' },
            { temperature: -5000, heating: '-500 by 3' },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'beside it, the caller asks the same field with the same argument',
      query: '{ rooms { temperature(unit: K) heating } }',
      expected: {
        data: {
          rooms: [
            { temperature: 2000, heating: '2000 by 1' },
            { temperature: -500, heating: '-500 by 1' },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'an argument within the field set',
      query: '{ rooms { calibration } }',
      expected: {
        data: { rooms: [{ calibration: 700 }, { calibration: null }] },
      },
      fetches: { rooms: 1, heaters: 1 },
      representations: {
        heaters: [
          [
            { __typename: 'Room', sensor: { raw: 700 }, id: 'm1' },
            { __typename: 'Room', sensor: null, id: 'm2' },
          ],
        ],
      },
    },
    {
      name: 'an argument within, and the caller asks it otherwise',
      query: '{ rooms { calibration sensor { raw } s: sensor { raw(unit: MILLI) } } }',
      expected: {
        data: {
          rooms: [
            { calibration: 700, sensor: { raw: 7 }, s: { raw: 7000 } },
            { calibration: null, sensor: null, s: null },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'a list cut by an argument',
      query: '{ rooms { traffic visits v: visits(first: 3) } }',
      expected: {
        data: {
          rooms: [
            { traffic: 8, visits: [3], v: [3, 5, 9] },
            { traffic: 0, visits: [], v: [] },
          ],
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'arguments from variables on both sides',
      query:
        'query ($u: Unit! = MILLI, $by: Int) { room(id: "m1") { temperature(unit: $u) heating(by: $by) } }',
      variables: { by: 7 },
      expected: { data: { room: { temperature: 20000, heating: '2000 by 7' } } },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'everything at once',
      query: '{ room(id: "m1") { heating cooling calibration traffic temperature visits sensor { raw } } }',
      expected: {
        data: {
          room: {
            heating: '2000 by 1',
            cooling: '20000 down',
            calibration: 700,
            traffic: 8,
            temperature: 20,
            visits: [3],
            sensor: { raw: 7 },
          },
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'further down than a root field, one of two that conflict',
      query: '{ house { rooms { cooling temperature(unit: K) } } }',
      expected: {
        data: {
          house: {
            rooms: [
              { cooling: '20000 down', temperature: 2000 },
              { cooling: '-5000 down', temperature: -500 },
            ],
          },
        },
      },
      fetches: { rooms: 1, heaters: 1 },
    },
    {
      name: 'further down than a root field, both that conflict: a limit of the planner',
      query: '{ house { rooms { heating cooling } } }',
      refusal: 'the value of other arguments',
    },
  ],
};
