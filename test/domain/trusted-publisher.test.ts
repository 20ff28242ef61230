import fc from 'fast-check';

import {
  assertPublisher,
  isPipelineOf,
  type PipelineFacts,
  type PublisherFacts,
  samePublisher,
} from '../../src/domain/trusted-publisher';
import { errorOf } from './support';

const PUBLISHER: PublisherFacts = {
  issuer: 'https://ci.example',
  repository: 'org/repo',
  workflow: 'org/repo/.github/workflows/release.yml@refs/heads/main',
  environment: null,
  claims: {},
};
const SAYS = {
  issuer: PUBLISHER.issuer,
  repository: PUBLISHER.repository,
  workflow: PUBLISHER.workflow,
  environment: null,
};

function pipeline(
  said: Partial<typeof SAYS> | object = {},
  claims: Readonly<Record<string, string>> = {},
): PipelineFacts {
  return { ...SAYS, ...said, claim: (name) => (Object.hasOwn(claims, name) ? (claims[name] ?? null) : null) };
}

test('a pipeline that says what was asked for is that of the publisher', () => {
  expect(isPipelineOf(PUBLISHER, pipeline())).toBe(true);
  expect(isPipelineOf(PUBLISHER, pipeline({ environment: 'production' }))).toBe(true);
  const strict = { ...PUBLISHER, environment: 'production', claims: { owner_id: '7' } };
  expect(isPipelineOf(strict, pipeline({ environment: 'production' }, { owner_id: '7', more: 'x' }))).toBe(
    true,
  );
});

test.each<readonly [string, object]>([
  ['another issuer', { issuer: 'https://ci.example/' }],
  ['a repository that begins as it', { repository: 'org/repo-evil' }],
  ['a repository that ends as it', { repository: 'evil-org/repo' }],
  ['its beginning', { repository: 'org/rep' }],
  ['another case', { repository: 'Org/Repo' }],
  ['a space more', { repository: 'org/repo ' }],
  ['no repository', { repository: null }],
  ['another workflow', { workflow: 'org/repo/.github/workflows/test.yml@refs/heads/main' }],
  ['another branch', { workflow: 'org/repo/.github/workflows/release.yml@refs/heads/main-evil' }],
  ['no workflow', { workflow: null }],
])('one that says %s is not', (_what, said) => {
  expect(isPipelineOf(PUBLISHER, pipeline(said))).toBe(false);
});

test('what was asked for and is not said is not there', () => {
  const inProduction = { ...PUBLISHER, environment: 'production' };
  for (const environment of [null, 'Production', 'production-2', '']) {
    expect(isPipelineOf(inProduction, pipeline({ environment }))).toBe(false);
  }
  const owned = { ...PUBLISHER, claims: { owner_id: '7', toString: 'x' } };
  for (const claims of [{}, { owner_id: '7' }, { owner_id: '77', toString: 'x' }]) {
    expect(isPipelineOf(owned, pipeline({}, claims as Record<string, string>))).toBe(false);
  }
});

test('only the very same text is the same, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (asked, said) => {
      expect(isPipelineOf({ ...PUBLISHER, repository: asked }, pipeline({ repository: said }))).toBe(
        asked === said,
      );
    }),
  );
});

test('publishers that ask for the same are the same', () => {
  const one = { ...PUBLISHER, claims: { a: '1', b: '2' } };
  expect(samePublisher(one, { ...PUBLISHER, claims: { b: '2', a: '1' } })).toBe(true);
  for (const claims of [{}, { a: '1' }, { a: '1', b: '3' }, { a: '1', c: '2' }, { a: '1', b: '2', c: '3' }]) {
    expect(samePublisher(one, { ...PUBLISHER, claims })).toBe(false);
  }
  expect(samePublisher(PUBLISHER, { ...PUBLISHER, environment: 'x' })).toBe(false);
});

test.each<readonly [string, Partial<PublisherFacts>]>([
  ['issuer', { issuer: '' }],
  ['repository', { repository: ' org/repo' }],
  ['repository', { repository: 'org/repo\n' }],
  ['repository', { repository: 'org/repо' }], // the last letter is Cyrillic
  ['repository', { repository: 'x'.repeat(256) }],
  ['workflow', { workflow: '' }],
  ['environment', { environment: '' }],
  ['claims', { claims: { '': 'x' } }],
  ['claims', { claims: { x: '' } }],
  ['claims', { claims: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`c${n}`, 'x'])) }],
])('%s is refused in %j', (field, said) => {
  expect(errorOf(() => assertPublisher({ ...PUBLISHER, ...said }))).toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(`^${field} `) as string,
  });
});

test('a workflow may have spaces in its name', () => {
  expect(() => assertPublisher({ ...PUBLISHER, workflow: 'Build and release' })).not.toThrow();
});
