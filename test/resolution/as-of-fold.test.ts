import fc from 'fast-check';

import { AlgorithmCatalog } from '../../src/domain/catalog';
import { parseReference } from '../../src/domain/reference';
import { canonicalSelector, resolve } from '../../src/domain/resolve';
import type { JsonObject } from '../../src/ledger';
import { eventsOf, type PastEvent } from '../../src/resolution/as-of/events';
import { fold } from '../../src/resolution/as-of/fold';
import { build, facts, sha } from '../domain/support';

/** An action of the ledger and its change. */
type Step = readonly [action: string, change: JsonObject];

const VERSIONS = ['1.0.0', '1.0.1', '1.1.0', '2.0.0-rc.1', '2.0.0'] as const;
const COMMITS: Readonly<Record<string, string>> = Object.fromEntries(
  VERSIONS.map((version, at) => [version, sha(`a${at}`)]),
);
const SPARE = sha('b0');

/** All that there is now, private and pending: what of it holds at a moment the entries say. */
const TODAY = AlgorithmCatalog.from(
  VERSIONS.map((version, at) =>
    facts(version, {
      id: at + 1,
      visibility: 'PRIVATE',
      state: 'PENDING_APPROVAL',
      stable: false,
      build: build(`a${at}`, { id: at + 1 }),
    }),
  ),
  [build('b0', { id: 99 })],
);

const published = (version: string, change: JsonObject = {}): Step => [
  'version.published',
  {
    version,
    sha: COMMITS[version] ?? '',
    visibility: 'PUBLIC',
    state: 'PUBLISHED',
    entered: version.includes('-') ? [] : ['stable'],
    stability: 'STABLE',
    ...change,
  },
];
const HELD = { visibility: 'PRIVATE', entered: [] } as const;
const PENDING = { state: 'PENDING_APPROVAL', entered: [] } as const;
const held = (version: string): Step => published(version, HELD);
const promoted = (version: string, change: JsonObject = {}): Step => [
  'version.promoted',
  { version, sha: COMMITS[version] ?? '', yanked: false, entered: ['stable'], ...change },
];
const approved = (version: string, visibility = 'PUBLIC'): Step => [
  'version.approved',
  {
    version,
    sha: COMMITS[version] ?? '',
    visibility,
    entered: visibility === 'PUBLIC' ? ['stable'] : [],
  },
];
const yanked = (version: string, change: JsonObject = {}): Step => [
  'version.yanked',
  { version, reason: 'a test', ...change },
];
const takenDown = (version: string, change: JsonObject = {}): Step => [
  'version.takenDown',
  { version, reason: 'a test', ...change },
];
const moved = (channel: string, to: string | null): Step => [
  'channel.moved',
  { channel, from: null, to, reason: null, supportedUntil: null },
];
const reported = (version: string, ...entered: string[]): Step => [
  'gates.reported',
  { version, values: {}, entered },
];
const registered = (commit: string, status = 'SUCCEEDED'): Step => [
  'build.registered',
  { sha: commit, status, artifactDigest: null },
];

function events(steps: readonly Step[]): PastEvent[] {
  return steps.flatMap(([action, change], at) =>
    eventsOf({ sequence: at + 1, action, changeJson: JSON.stringify(change) }),
  );
}

/** What a selector names: the version or SHA, with what it is then where it is not simply public. */
function named(catalog: AlgorithmCatalog, selector: string): string | null {
  const { selector: parsed } = parseReference(`acme/detect${selector === '' ? '' : '/'}${selector}`);
  const resolved = resolve(catalog, parsed);
  if (resolved === null) return null;
  const { version, privateState } = resolved;
  const marks = [
    ...(privateState ? ['private'] : []),
    ...(version?.yanked === true ? ['yanked'] : []),
    ...(version?.state === 'TAKEN_DOWN' ? ['taken down'] : []),
  ];
  return [canonicalSelector(resolved), ...marks].join(' ');
}

const SELECTORS = ['', '1', '1.0', '*', 'edge', 'stable', 'lts', 'latestPrivate', ...VERSIONS, SPARE];

/** What the selectors name after the steps of both chains, those that name nothing left out. */
function after(observable: readonly Step[], hidden: readonly Step[]): Record<string, string> {
  const catalog = fold([...events(hidden), ...events(observable)], TODAY);
  const answers = [...SELECTORS, ...Object.values(COMMITS)].map((selector) => [
    selector,
    named(catalog, selector),
  ]);
  return Object.fromEntries(answers.filter(([, answer]) => answer !== null));
}

/** What FULL and SHA name of a version, in a few letters. */
const exactly = (version: string, marks = ''): Record<string, string> => ({
  [version]: `${version}${marks}`,
  [COMMITS[version] ?? '']: `${version}${marks}`,
});
const independently = (version: string): Record<string, string> =>
  Object.fromEntries(['', '1', '1.0', '*', 'edge', 'stable'].map((selector) => [selector, version]));

const CASES: readonly (readonly [
  what: string,
  observable: readonly Step[],
  hidden: readonly Step[],
  answers: Record<string, string>,
])[] = [
  ['nothing', [], [], {}],
  ['a public release', [published('1.0.0')], [], { ...independently('1.0.0'), ...exactly('1.0.0') }],
  [
    'a build that is not published, and one that failed',
    [],
    [registered(SPARE), registered(sha('ff'), 'FAILED')],
    { [SPARE]: `${SPARE} private` },
  ],
  ['a private one', [], [held('1.0.0')], { latestPrivate: '1.0.0 private', ...exactly('1.0.0', ' private') }],
  [
    'a private one above a public one',
    [published('1.0.0')],
    [held('1.0.1')],
    {
      ...independently('1.0.0'),
      ...exactly('1.0.0'),
      ...exactly('1.0.1', ' private'),
      latestPrivate: '1.0.1 private',
    },
  ],
  [
    'a private one that was promoted',
    [promoted('1.0.0')],
    [held('1.0.0')],
    { ...independently('1.0.0'), ...exactly('1.0.0') },
  ],
  [
    'one that was yanked in private, and promoted',
    [promoted('1.0.0', { yanked: true })],
    [held('1.0.0'), yanked('1.0.0')],
    exactly('1.0.0', ' yanked'),
  ],
  [
    'a major that was opened with all that was in it, said briefly',
    [
      [
        'major.permissionsSet',
        {
          promoted: [
            { version: '1.0.0', sha: '' },
            { version: '1.0.1', sha: '', yanked: true },
          ],
        },
      ],
    ],
    [held('1.0.0'), held('1.0.1'), yanked('1.0.1')],
    { ...independently('1.0.0'), ...exactly('1.0.0'), ...exactly('1.0.1', ' yanked') },
  ],
  [
    'the same, where gates keep them out of stable',
    [['major.permissionsSet', { promoted: [{ version: '1.0.0', sha: '', entered: [] }] }]],
    [held('1.0.0')],
    { '': '1.0.0', '1': '1.0.0', '1.0': '1.0.0', '*': '1.0.0', edge: '1.0.0', ...exactly('1.0.0') },
  ],
  [
    'permissions that promoted nothing',
    [['major.permissionsSet', { permissions: { visibility: 'PUBLIC' } }]],
    [],
    {},
  ],
  [
    'a yank',
    [published('1.0.0'), published('1.0.1'), yanked('1.0.1')],
    [],
    { ...independently('1.0.0'), ...exactly('1.0.0'), ...exactly('1.0.1', ' yanked') },
  ],
  [
    'a yank that was taken back',
    [published('1.0.0'), yanked('1.0.0'), ['version.unyanked', { version: '1.0.0' }]],
    [],
    { ...independently('1.0.0'), ...exactly('1.0.0') },
  ],
  [
    'a private one that was yanked',
    [],
    [held('1.0.0'), held('1.0.1'), yanked('1.0.1')],
    {
      latestPrivate: '1.0.0 private',
      ...exactly('1.0.0', ' private'),
      ...exactly('1.0.1', ' private yanked'),
    },
  ],
  [
    'one that waits for its approval, by its SHA alone',
    [],
    [published('1.0.0', PENDING)],
    { [COMMITS['1.0.0'] ?? '']: `${COMMITS['1.0.0'] ?? ''} private` },
  ],
  [
    'one that was approved',
    [approved('1.0.0')],
    [published('1.0.0', PENDING)],
    { ...independently('1.0.0'), ...exactly('1.0.0') },
  ],
  [
    'a private one that was approved, and waits to be promoted',
    [],
    [held('1.0.0'), approved('1.0.0', 'PRIVATE')],
    { latestPrivate: '1.0.0 private', ...exactly('1.0.0', ' private') },
  ],
  [
    'one that was rejected',
    [],
    [published('1.0.0', PENDING), ['version.rejected', { version: '1.0.0', reason: 'a test' }]],
    { [COMMITS['1.0.0'] ?? '']: `${COMMITS['1.0.0'] ?? ''} private` },
  ],
  [
    'one that was taken down',
    [published('1.0.0'), published('1.0.1'), takenDown('1.0.1')],
    [],
    { ...independently('1.0.0'), ...exactly('1.0.0'), ...exactly('1.0.1', ' taken down') },
  ],
  [
    'one that was taken down while it waited: gone for those alone who knew of it',
    [],
    [published('1.0.0', PENDING), takenDown('1.0.0')],
    exactly('1.0.0', ' private taken down'),
  ],
  [
    'gates that are not passed yet',
    [published('1.0.0'), published('1.0.1', { entered: [] })],
    [reported('1.0.1')],
    { ...independently('1.0.1'), stable: '1.0.0', ...exactly('1.0.0'), ...exactly('1.0.1') },
  ],
  [
    'gates that were passed by a report',
    [published('1.0.0'), published('1.0.1', { entered: [] }), reported('1.0.1', 'stable')],
    [],
    { ...independently('1.0.1'), ...exactly('1.0.0'), ...exactly('1.0.1') },
  ],
  [
    'gates that were given up: all public releases of then have entered, a yanked one too',
    [
      published('1.0.0', { entered: [] }),
      published('1.0.1', { entered: [] }),
      yanked('1.0.1'),
      ['algorithm.updated', { enteredAll: true, policies: {} }],
      ['version.unyanked', { version: '1.0.1' }],
      published('1.1.0', { entered: [] }),
    ],
    [],
    {
      ...{ '': '1.1.0', '1': '1.1.0', '1.0': '1.0.1', '*': '1.1.0', edge: '1.1.0', stable: '1.0.1' },
      ...exactly('1.0.0'),
      ...exactly('1.0.1'),
      ...exactly('1.1.0'),
    },
  ],
  [
    'an update that says nothing of that',
    [published('1.0.0', { entered: [] }), ['algorithm.updated', { changed: ['summary'], summary: 'x' }]],
    [],
    { '': '1.0.0', '1': '1.0.0', '1.0': '1.0.0', '*': '1.0.0', edge: '1.0.0', ...exactly('1.0.0') },
  ],
  [
    'entries from before there were gates',
    [
      ['version.published', { version: '1.0.0', sha: '', visibility: 'PUBLIC', state: 'PUBLISHED' }],
      ['version.published', { version: '2.0.0-rc.1', sha: '', visibility: 'PUBLIC', state: 'PUBLISHED' }],
      ['version.promoted', { version: '1.0.1', sha: '', yanked: false }],
    ],
    [],
    {
      ...independently('1.0.1'),
      edge: '2.0.0-rc.1',
      ...exactly('1.0.0'),
      ...exactly('1.0.1'),
      ...exactly('2.0.0-rc.1'),
    },
  ],
  [
    'a pointer, and its way',
    [published('1.0.0'), published('1.0.1'), moved('lts', '1.0.1'), moved('lts', '1.0.0')],
    [],
    { ...independently('1.0.1'), lts: '1.0.0', ...exactly('1.0.0'), ...exactly('1.0.1') },
  ],
  [
    'a pointer that was rolled back to nowhere',
    [
      published('1.0.0'),
      moved('lts', '1.0.0'),
      ['channel.rolledBack', { channel: 'lts', from: '1.0.0', to: null }],
    ],
    [],
    { ...independently('1.0.0'), ...exactly('1.0.0') },
  ],
  [
    'stable as a pointer',
    [published('1.0.0'), published('1.0.1'), moved('stable', '1.0.0')],
    [],
    { ...independently('1.0.1'), stable: '1.0.0', ...exactly('1.0.0'), ...exactly('1.0.1') },
  ],
  [
    'a yank that took pointers with it',
    [
      published('1.0.0'),
      published('1.0.1'),
      moved('lts', '1.0.1'),
      moved('beta', '1.0.1'),
      yanked('1.0.1', { channels: { lts: '1.0.0', beta: null } }),
    ],
    [],
    { ...independently('1.0.0'), lts: '1.0.0', ...exactly('1.0.0'), ...exactly('1.0.1', ' yanked') },
  ],
  [
    'a takedown that did',
    [
      published('1.0.0'),
      published('1.0.1'),
      moved('lts', '1.0.1'),
      takenDown('1.0.1', { channels: { lts: '1.0.0' } }),
    ],
    [],
    { ...independently('1.0.0'), lts: '1.0.0', ...exactly('1.0.0'), ...exactly('1.0.1', ' taken down') },
  ],
  [
    'prereleases, and what has no part in resolution',
    [
      published('1.0.0'),
      published('2.0.0-rc.1'),
      ['algorithm.deprecated', { selector: '1', message: 'a test' }],
      ['constructor', {}],
    ],
    [['grant.set', { grantee: 'x' }]],
    { ...independently('1.0.0'), edge: '2.0.0-rc.1', ...exactly('1.0.0'), ...exactly('2.0.0-rc.1') },
  ],
];

test.each(CASES)('%s', (_what, observable, hidden, answers) => {
  expect(after(observable, hidden)).toEqual(answers);
});

const version = fc.constantFrom(...VERSIONS);
/** What may happen to a version, in the chain in which it does. */
const hiddenStep = fc.oneof(
  version.map(held),
  version.map((text) => published(text, PENDING)),
  version.map((text) => approved(text, 'PRIVATE')),
  version.map((text) => yanked(text)),
  version.map((text) => takenDown(text)),
  version.map((text): Step => ['version.rejected', { version: text, reason: 'a test' }]),
  version.map((text) => reported(text)),
  fc.constantFrom(SPARE, ...Object.values(COMMITS)).map((commit) => registered(commit)),
);
const observableStep = fc.oneof(
  version.map((text) => published(text)),
  version.map((text) => promoted(text)),
  version.map((text) => approved(text)),
  version.map((text) => yanked(text)),
  version.map((text) => takenDown(text)),
  fc.tuple(fc.constantFrom('lts', 'stable'), fc.option(version)).map(([name, to]) => moved(name, to)),
);

const BIRTHS = ['version.published', 'version.promoted', 'version.approved'];

/** Nothing happens in public to a version before it is public. */
function possible(steps: readonly Step[]): Step[] {
  const born = new Set<unknown>();
  return steps.filter(([action, { version: text }]) => {
    if (BIRTHS.includes(action)) born.add(text);
    return text === undefined || born.has(text);
  });
}

test('whatever happened in private, what is public is told from the public chain alone', () => {
  fc.assert(
    fc.property(fc.array(observableStep).map(possible), fc.array(hiddenStep), (observable, hidden) => {
      const [alone, both] = [after(observable, []), after(observable, hidden)];
      for (const selector of ['', '1', '1.0', '*', 'edge', 'stable', 'lts']) {
        expect([selector, both[selector]]).toEqual([selector, alone[selector]]);
      }
      for (const [selector, answer] of Object.entries(alone)) {
        expect([selector, both[selector]]).toEqual([selector, answer]);
      }
    }),
  );
});

test.each([
  ['version.published', { version: '1.0', visibility: 'PUBLIC', state: 'PUBLISHED' }],
  ['version.published', { visibility: 'PUBLIC', state: 'PUBLISHED' }],
  ['version.published', { version: '1.0.0', visibility: 'SECRET', state: 'PUBLISHED' }],
  ['version.yanked', { version: 7 }],
  ['version.yanked', { version: '1.0.0', channels: { lts: 7 } }],
  ['channel.moved', { to: '1.0.0' }],
  ['major.permissionsSet', { promoted: '1.0.0' }],
  ['gates.reported', { version: '1.0.0', entered: [1] }],
  ['build.registered', []],
] as const)('%s that says %j is an error, never another history', (action, change) => {
  expect(() => eventsOf({ sequence: 1, action, changeJson: JSON.stringify(change) })).toThrow(
    /in the ledger is/,
  );
});

test('a catalogue that has not come as far as the events is an error', () => {
  const lags = AlgorithmCatalog.from([], []);
  expect(() => fold(events([published('1.0.0')]), lags)).toThrow('not in the catalogue');
  expect(() => fold(events([registered(SPARE)]), lags)).toThrow('not in the catalogue');
});
