import type { Feature } from '../suite';
import { world } from './subgraphs';

export const errors: Feature = {
  feature: 'errors and partial data',
  world,
  cases: [
    {
      name: 'a field of one entity in a list',
      query: '{ users { name score } }',
      expected: {
        errors: [{ message: 'no score', path: ['users', 1, 'score'], extensions: { code: 'NO_SCORE' } }],
        data: {
          users: [
            { name: 'n1', score: 10 },
            { name: 'n2', score: null },
            { name: 'n3', score: 30 },
          ],
        },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'by the names of the caller',
      query: '{ people: users { points: score } }',
      expected: {
        errors: [{ message: 'no score', path: ['people', 1, 'points'], extensions: { code: 'NO_SCORE' } }],
        data: { people: [{ points: 10 }, { points: null }, { points: 30 }] },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'within lists of an entity',
      query: '{ users { id badges { name } } }',
      expected: {
        errors: [
          { message: 'lost badge', path: ['users', 0, 'badges', 1] },
          { message: 'lost badge', path: ['users', 1, 'badges', 1] },
          { message: 'lost badge', path: ['users', 2, 'badges', 1] },
          { message: 'no name', path: ['users', 2, 'badges', 2, 'name'] },
        ],
        data: {
          users: [
            { id: '1', badges: [{ name: 'b1' }, null, { name: 'x' }] },
            { id: '2', badges: [{ name: 'b2' }, null, { name: 'x' }] },
            { id: '3', badges: [{ name: 'b3' }, null, null] },
          ],
        },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'an item of a list at the root',
      query: '{ maybe { id score } }',
      expected: {
        errors: [
          { message: 'no user here', path: ['maybe', 1] },
          { message: 'no score', path: ['maybe', 0, 'score'], extensions: { code: 'NO_SCORE' } },
        ],
        data: { maybe: [{ id: '2', score: null }, null, { id: '3', score: 30 }] },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'at every place where the entity is',
      query: '{ users { boss { score } } }',
      expected: {
        errors: [
          { message: 'no score', path: ['users', 1, 'boss', 'score'], extensions: { code: 'NO_SCORE' } },
          { message: 'no score', path: ['users', 2, 'boss', 'score'], extensions: { code: 'NO_SCORE' } },
        ],
        data: {
          users: [{ boss: null }, { boss: { score: null } }, { boss: { score: null } }],
        },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'a field that may not be null takes its entity',
      query: '{ user(id: "2") { name strict } a: user(id: "1") { strict } }',
      expected: {
        errors: [{ message: 'strict', path: ['user', 'strict'] }],
        data: { user: null, a: { strict: 1 } },
      },
      fetches: { users: 1, scores: 1 },
    },
    {
      name: 'and, in a list of what may not be null, everything',
      query: '{ users { strict } broken }',
      expected: {
        errors: [
          { message: 'broken', path: ['broken'], extensions: { code: 'BROKEN' } },
          { message: 'strict', path: ['users', 1, 'strict'] },
        ],
        data: null,
      },
      fetches: { users: 1, scores: 1 },
      unlikeOneSchema: 'One schema does not run, or report, what is null in any case.',
    },
    {
      name: 'an entity that cannot be loaded costs what was asked of that subgraph',
      query: '{ users { name role } }',
      expected: {
        errors: [{ message: 'forbidden', path: ['users', 1], extensions: { code: 'FORBIDDEN', who: '2' } }],
        data: {
          users: [
            { name: 'n1', role: 'role 1' },
            { name: 'n2', role: null },
            { name: 'n3', role: 'role 3' },
          ],
        },
      },
      fetches: { users: 1, access: 1 },
      unlikeOneSchema: 'One schema loads no entities.',
    },
    {
      name: 'root fields fail for themselves',
      query: '{ broken user(id: "1") { name } }',
      expected: {
        errors: [{ message: 'broken', path: ['broken'], extensions: { code: 'BROKEN' } }],
        data: { broken: null, user: { name: 'n1' } },
      },
      fetches: { users: 1 },
    },
    {
      name: 'a root field that may not be null takes all',
      query: '{ worse user(id: "1") { name } }',
      expected: {
        errors: [{ message: 'worse', path: ['worse'] }],
        data: null,
      },
      fetches: { users: 1 },
    },
    {
      name: 'a subgraph that is down costs its fields',
      query: '{ users { name away score } far }',
      expected: {
        errors: [
          {
            message: 'The subgraph "down" did not answer.',
            path: ['far'],
            extensions: { code: 'UNAVAILABLE', subgraph: 'down' },
          },
          {
            message: 'The subgraph "down" did not answer.',
            path: ['users'],
            extensions: { code: 'UNAVAILABLE', subgraph: 'down' },
          },
          { message: 'no score', path: ['users', 1, 'score'], extensions: { code: 'NO_SCORE' } },
        ],
        data: {
          users: [
            { name: 'n1', away: null, score: 10 },
            { name: 'n2', away: null, score: null },
            { name: 'n3', away: null, score: 30 },
          ],
          far: null,
        },
      },
      fetches: { down: 2, users: 1, scores: 1 },
      unlikeOneSchema: 'One schema is not down in part.',
    },
  ],
};
