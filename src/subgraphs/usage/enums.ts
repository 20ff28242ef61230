import { GRANULARITIES, GROUPINGS } from '../../domain/usage/granularity';
import { enumOf } from '../shared/enums';

export const UsageGranularity = enumOf(
  'UsageGranularity',
  GRANULARITIES,
  'How long the buckets of a series are. They are of UTC.',
  { MINUTE: 'For the last 24 hours.' },
);

export const UsageGrouping = enumOf('UsageGrouping', GROUPINGS, 'What a usage has one series for each of.', {
  VERSION: 'Versions, and commits that were called by their SHA before any version named them.',
  MAJOR: 'Majors; calls to commits that no version names have none.',
  CALLER: 'The users and organisations that called: the top 100, and the others together.',
  SELECTOR: 'How the third part of the reference was read.',
  OUTCOME: 'How the calls ended.',
  ALGORITHM: 'Algorithms.',
});

const USAGE_SIDES = ['PROVIDER', 'CONSUMER'] as const;
export type Side = (typeof USAGE_SIDES)[number];

export const UsageSide = enumOf('UsageSide', USAGE_SIDES, 'From which side an owner is looked at.', {
  PROVIDER: 'Calls of its algorithms, by whomever.',
  CONSUMER: 'Calls that it made, of whatever algorithm.',
});
