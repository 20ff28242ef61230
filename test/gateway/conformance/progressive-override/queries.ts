import type { Feature } from '../suite';
import { beta, quarter, rest, world } from './subgraphs';

export const progressiveOverride: Feature = {
  feature: '@override with a label',
  world,
  cases: [
    {
      name: 'by default nothing moved',
      query: '{ users { email plan } }',
      expected: {
        data: {
          users: [
            { email: 'old email', plan: 'old plan' },
            { email: 'old email', plan: 'old plan' },
          ],
        },
      },
      fetches: { old: 1 },
    },
    {
      name: 'for whom the label holds',
      query: '{ users { email plan } }',
      rollout: beta,
      expected: {
        data: {
          users: [
            { email: 'new email', plan: 'old plan' },
            { email: 'new email', plan: 'old plan' },
          ],
        },
      },
      fetches: { old: 1, new: 1 },
    },
    {
      name: 'below the percentage',
      query: '{ users { email plan } }',
      rollout: quarter,
      expected: {
        data: {
          users: [
            { email: 'old email', plan: 'new plan' },
            { email: 'old email', plan: 'new plan' },
          ],
        },
      },
      fetches: { old: 1, new: 1 },
    },
    {
      name: 'at the percentage, and with another label',
      query: '{ users { email plan } }',
      rollout: rest,
      expected: {
        data: {
          users: [
            { email: 'old email', plan: 'old plan' },
            { email: 'old email', plan: 'old plan' },
          ],
        },
      },
      fetches: { old: 1 },
    },
    {
      name: 'from the new subgraph back to the old one',
      query: '{ newest { email plan } }',
      expected: { data: { newest: { email: 'old email', plan: 'old plan' } } },
      fetches: { new: 1, old: 1 },
    },
    {
      name: 'from the new subgraph, where the label holds',
      query: '{ newest { email plan } }',
      rollout: beta,
      expected: { data: { newest: { email: 'new email', plan: 'old plan' } } },
      fetches: { new: 1, old: 1 },
    },
  ],
};
