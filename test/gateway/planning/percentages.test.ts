import { QueryPlanner } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';

import { percentagesOf } from '../../../src/gateway/supergraph';
import { world } from '../conformance/progressive-override/subgraphs';

test('the percentages of a supergraph are those that the planner reads', () => {
  const { supergraphSdl } = world();
  expect(percentagesOf(parse(supergraphSdl))).toEqual([25]);
  expect(percentagesOf(parse(supergraphSdl))).toEqual(new QueryPlanner(supergraphSdl).overridePercentages);
});
