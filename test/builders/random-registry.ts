import fc from 'fast-check';
import semver from 'semver';

import type { Published, World } from './world';

/** A version as a random registry has it. */
export interface RandomVersion {
  readonly version: string;
  readonly heldBack: boolean;
  readonly yanked: boolean;
}

/** An algorithm of a random registry; `majors` by number, those of its versions at least. */
export interface RandomAlgorithm {
  readonly versions: readonly RandomVersion[];
  readonly majors: readonly { readonly visibility: 'PUBLIC' | 'PRIVATE'; readonly callers: string }[];
  /** The majors that the grantees of the world are granted. */
  readonly granted: readonly boolean[];
}

/** What was published of a random algorithm, as a model to hold the answers against. */
export interface ModelVersion extends Published {
  readonly isPublic: boolean;
  readonly yanked: boolean;
  readonly granted: boolean;
}

export interface ModelAlgorithm {
  readonly owner: string;
  readonly name: string;
  readonly versions: readonly ModelVersion[];
  /** The SHA of a succeeded build that is not published. */
  readonly unpublished: string;
}

const MAJORS = 4;
const number = (max: number): fc.Arbitrary<number> => fc.nat({ max });

const versionText: fc.Arbitrary<string> = fc
  .tuple(number(MAJORS - 1), number(2), number(2), fc.constantFrom('', '', '', '-alpha', '-beta.2', '-rc.1'))
  .map(([major, minor, patch, prerelease]) => `${major}.${minor}.${patch}${prerelease}`);

const versions: fc.Arbitrary<RandomVersion[]> = fc.uniqueArray(
  fc.record({ version: versionText, heldBack: mostly(false), yanked: mostly(false) }),
  { selector: ({ version }) => version, maxLength: 8 },
);

export const randomAlgorithm: fc.Arbitrary<RandomAlgorithm> = fc.record({
  versions,
  majors: fc.array(
    fc.record({
      visibility: fc.constantFrom('PUBLIC' as const, 'PUBLIC' as const, 'PRIVATE' as const),
      callers: fc.constantFrom('EVERYONE', 'GRANTED'),
    }),
    { minLength: MAJORS, maxLength: MAJORS },
  ),
  granted: fc.array(fc.boolean(), { minLength: MAJORS, maxLength: MAJORS }),
});

function mostly(value: boolean): fc.Arbitrary<boolean> {
  return fc.constantFrom(value, value, value, !value);
}

/** Makes a random algorithm by the front door, its versions in ascending order, and gives the model of it. */
export async function makeAlgorithm(
  world: World,
  owner: string,
  name: string,
  { versions, majors, granted }: RandomAlgorithm,
  grantees: readonly string[],
): Promise<ModelAlgorithm> {
  const ref = `${owner}/${name}`;
  await world.algorithm(ref);
  const made: ModelVersion[] = [];
  const opened = new Set<number>();
  for (const { version, heldBack, yanked } of sorted(versions)) {
    const major = semver.major(version);
    const permissions = majors[major]!;
    const opening = opened.has(major) ? {} : { permissions };
    const published = await world.publish(ref, version, {
      ...opening,
      ...(heldBack && { visibility: 'PRIVATE' }),
    });
    opened.add(major);
    if (yanked) await world.yank(published.ref);
    const isPublic = permissions.visibility === 'PUBLIC' && !heldBack;
    made.push({ ...published, isPublic, yanked, granted: granted[major]! });
  }
  for (const major of [...opened].filter((number) => granted[number])) {
    for (const grantee of grantees) await world.grant(`${ref}/${major}`, grantee);
  }
  return { owner, name, versions: made, unpublished: await world.build(ref) };
}

function sorted(versions: readonly RandomVersion[]): RandomVersion[] {
  return [...versions].sort((a, b) => semver.compare(a.version, b.version));
}

/** A selector that is the same for every caller: LATEST, PARTIAL, RANGE of both grammars, or CHANNEL. */
export const independentSelector: fc.Arbitrary<string> = fc
  .tuple(number(MAJORS), number(3), number(3), fc.constantFrom('', '-alpha', '-beta.2'))
  .chain(([a, b, c, pre]) =>
    fc.constantFrom(
      ...[
        '',
        'latest',
        `${a}`,
        `${a}.${b}`,
        `${a}.x`,
        `${a}.${b}.*`,
        `${a}.${b}.^`,
        '*',
        'stable',
        'edge',
        'lts',
      ],
      ...[
        `^${a}.${b}.${c}`,
        `~${a}.${b}`,
        `>=${a}.${b}.${c}${pre} <${a + 1}.0.0`,
        `${a}.${b} - ${a + 1}.${c}`,
      ],
      ...[
        `=${a}.${b}.${c}`,
        `^${a}.${b}.${c} || ^${a + 1}.${b}`,
        `>${a}.${b}.${c}${pre}`,
        `<=${a}.${b}.${c}`,
      ],
      ...[`[${a}.${b},${a + 1})`, `(${a}.${b},${a + 1}.${c}]`],
    ),
  );

/** A selector whose answer not everyone may have: FULL, LATEST_PRIVATE or SHA, of what is there and of what is not. */
export function otherSelector({ versions, unpublished }: ModelAlgorithm): fc.Arbitrary<string> {
  const known = versions.flatMap(({ version, sha }) => [version, version, sha]);
  return fc.oneof(
    fc.constantFrom('latestPrivate', unpublished, ...known),
    fc.constantFrom(...known, 'latestPrivate'),
    versionText,
    fc.constant('0123456789'.repeat(4)),
  );
}
