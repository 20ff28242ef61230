import { buildSchema, isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';

import { DAY_MS } from '../../src/domain/usage/granularity';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { recordCalls, within } from '../builders/usage';

/** Chapter 6, "Owners see calls of their algorithms; callers see their own calls everywhere": who sees how many. */

const AT = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS + 1;
const RANGE = within('DAY', AT - DAY_MS, AT + DAY_MS);

/** Everyone who asks, and by what: `call` is a key of a member that may call alone, and so on. */
const ASKING = [
  ...['operator', 'admin', 'member', 'acme', 'grantee', 'otto', 'lab', 'nell'],
  ...['call', 'open', 'own', 'anonymous'],
] as const;
type Asking = (typeof ASKING)[number];

const USAGE = `usage(${RANGE}) { totals { calls } }`;
const CONSUMED = `usage(${RANGE}, as: CONSUMER) { totals { calls } }`;
const OPEN = 'acme/open';
const SECRET = 'acme/secret';

/** What each of ASKING is told, in that order: how many calls or callers; `-` for nothing at all. */
const ROWS: readonly (readonly [field: string, of: string, query: string, path: string, told: string])[] = [
  [
    'Owner.usage',
    'as provider',
    `owner(handle: "acme") { ${USAGE} }`,
    'owner.usage.totals.calls',
    '24 24 24 24 6 8 5 0 - - 8 -',
  ],
  [
    'Owner.usage',
    'as consumer',
    `owner(handle: "acme") { ${CONSUMED} }`,
    'owner.usage.totals.calls',
    '6 6 6 6 - - - - - - - -',
  ],
  [
    'Owner.usage',
    'of a user',
    `owner(handle: "otto") { ${CONSUMED} }`,
    'owner.usage.totals.calls',
    '8 - - - - 8 - - - - 8 -',
  ],
  ...ofAlgorithm(OPEN, '15 15 15 15 3 4 5 0 - 15 4 -'),
  ...ofAlgorithm(SECRET, '9 9 9 9 3 - - - - - - -'),
  ['Viewer.usage', '', `viewer { ${USAGE} }`, 'viewer.usage.totals.calls', '0 1 4 6 6 8 5 0 - - 8 -'],
  ...callersOf(OPEN, '5 5 5 5 - - - - - 5 - -'),
  ...callersOf(SECRET, '3 3 3 3 - - - - - - - -'),
];

function ofAlgorithm(ref: string, told: string) {
  return [
    ['Algorithm.usage', ref, `algorithm(ref: "${ref}") { ${USAGE} }`, 'algorithm.usage.totals.calls', told],
    ['Major.usage', ref, `major(ref: "${ref}/1") { ${USAGE} }`, 'major.usage.totals.calls', told],
    ['Version.usage', ref, `version(ref: "${ref}/1.0.0") { ${USAGE} }`, 'version.usage.totals.calls', told],
  ] as const;
}

function callersOf(ref: string, told: string) {
  const callers = (of: string, more = '') => `${of} { activeCallers(days: 3${more}) { nodes { calls } } }`;
  return [
    [
      'Version.activeCallers',
      ref,
      callers(`version(ref: "${ref}/1.0.0")`),
      'version.activeCallers.nodes.length',
      told,
    ],
    [
      'Algorithm.activeCallers',
      ref,
      callers(`algorithm(ref: "${ref}")`, ', range: "1"'),
      'algorithm.activeCallers.nodes.length',
      told,
    ],
  ] as const;
}

/** Who sees these is tested with the records of calls, and with limits. */
const ELSEWHERE = [
  ...['Owner', 'Algorithm', 'Version', 'Viewer'].map((type) => `${type}.callRecords`),
  ...['Viewer.quotas', 'Owner.limits', 'Algorithm.consumerLimits'],
];

test('every field of usage has its row here', () => {
  const schema = buildSchema(readFileSync('schema/usage.graphql', 'utf8'), { assumeValidSDL: true });
  const fields = ['Owner', 'Algorithm', 'Major', 'Version', 'Viewer'].flatMap((name) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type of the subgraph`);
    const key = ['handle', 'ref', 'id'];
    return Object.keys(type.getFields())
      .filter((field) => !key.includes(field))
      .map((field) => `${name}.${field}`);
  });
  const tested = new Set([...ROWS.map(([field]) => field), ...ELSEWHERE]);
  expect([...tested].sort()).toEqual(fields.sort());
});

describeOnEachServer('who sees usage', (world) => {
  const clients = new Map<Asking, Client>();

  beforeAll(async () => {
    const [admin, member, grantee, otto, nell] = [
      await world().user('admin'),
      await world().user('member'),
      await world().user('grantee'),
      await world().user('otto'),
      await world().user('nell'),
    ];
    await world().organization('acme', { admin: 'admin', members: { member: 'MEMBER' } });
    await world().organization('lab', { admin: 'nell' });
    for (const ref of [OPEN, SECRET, 'lab/x']) await world().algorithm(ref);
    await world().publish(OPEN, '1.0.0');
    await world().publish(SECRET, '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().publish('lab/x', '1.0.0');
    await world().grant(`${SECRET}/1`, 'grantee');
    const call = (by: string, of: string, times: number) => ({ by, of: `${of}/1.0.0`, at: AT, times });
    await recordCalls(world(), [
      ...['admin', 'member', 'grantee', 'otto', 'lab'].map((by, at) => call(by, OPEN, at + 1)),
      call('grantee', SECRET, 3),
      call('member', SECRET, 2),
      // when it had a grant
      call('otto', SECRET, 4),
      call('acme', 'lab/x', 6),
    ]);
    const scoped = async (owner: string, scope: string) => world().key(owner, { scopes: [scope] });
    const all: Readonly<Record<Asking, Client>> = {
      ...{ operator: world().operator, admin, member, grantee, otto, nell, anonymous: world().anonymous },
      ...{ acme: await world().key('acme'), lab: await world().key('lab') },
      call: await scoped('member', 'call'),
      open: await scoped('member', 'read:acme/open'),
      own: await scoped('otto', 'read:otto/*'),
    };
    for (const asking of ASKING) clients.set(asking, all[asking]);
  });

  test.each(ROWS)('%s %s', async (_field, _of, query, path, told) => {
    const answers = await Promise.all(
      ASKING.map(async (asking) => {
        const answer = await clients.get(asking)!.graphql(`{ ${query} }`);
        // what the registry hides is not found; of what is shown, usage is null without an error
        const codes = answer.errors.map(({ code }) => code).filter((code) => code !== 'NOT_FOUND');
        return codes.length > 0 ? codes.join() : JSON.stringify(answer.at(path) ?? null);
      }),
    );
    expect(answers.join(' ')).toBe(told.replaceAll('-', 'null'));
  });

  test('a grant that is taken back leaves what was called to be seen from its own side alone', async () => {
    const otto = clients.get('otto')!;
    const query = `{ viewer { usage(${RANGE}, groupBy: VERSION) { series { key } } } algorithm(ref: "${SECRET}") { ref } }`;
    const answer = await otto.graphql(query);
    expect({ data: answer.data, codes: answer.errors.map(({ code }) => code) }).toEqual({
      data: {
        viewer: { usage: { series: [{ key: `${OPEN}/1.0.0` }, { key: `${SECRET}/1.0.0` }] } },
        algorithm: null,
      },
      codes: ['NOT_FOUND'],
    });
  });
});
