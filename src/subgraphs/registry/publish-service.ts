import { createHash } from 'node:crypto';

import { isDuplicate, type Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { applyChange, type PermissionsChange, samePermissions } from '../../domain/major-permissions';
import { hasRole, keyOf, type MajorPermissions, type Rights } from '../../domain/permissions';
import type { Principal } from '../../domain/principal';
import {
  assertIncreasing,
  assertPublishable,
  isRelease,
  numberOf,
  versionExists,
  visibilityOf,
} from '../../domain/publishing';
import { parseAlgorithmRef } from '../../domain/ref';
import type { Bump, Stability, Visibility } from '../../domain/terms';
import type { SemVer } from '../../domain/version';
import { rightsOnAlgorithm } from '../../auth';
import type { JsonObject, Outcome } from '../../ledger';
import type { AlgorithmView } from '../../resolution';
import { mutateAs } from '../shared/mutate';
import { lineWithin, textWithin } from '../shared/text';
import { configureMajor, permissionsOfMajor } from '../access';
import { algorithmMutation } from './access';
import {
  carriedBy,
  highestInLine,
  highestRelease,
  insertVersion,
  listAlgorithm,
  majorHasVersions,
  newestUnpublishedBuild,
  versionByKey,
} from './publishing-store';
import type { BuildRecord, VersionRecord } from './records';
import type { RegistryParts } from './services';
import { buildBySha } from './store';

export interface PublishInput {
  readonly algorithm: string;
  /** The newest succeeded build that is not published, where it is not said. */
  readonly sha?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly bump?: Bump | null | undefined;
  readonly visibility?: Visibility | null | undefined;
  /** Only for a version that opens a major. */
  readonly permissions?: PermissionsChange | null | undefined;
  readonly stability?: Stability | null | undefined;
  readonly releaseNotes?: string | null | undefined;
  readonly migrationGuide?: string | null | undefined;
  readonly sampleInput?: string | null | undefined;
  readonly sampleOutput?: string | null | undefined;
  readonly compatibility?: string | null | undefined;
}

/** What is said of a version, once and for ever. */
type Content = Pick<
  VersionRecord,
  'stability' | 'releaseNotes' | 'migrationGuide' | 'sampleInput' | 'sampleOutput' | 'compatibility'
>;

/** A publication under way: who, what, and the transaction that it happens in. */
interface Publication {
  readonly tx: Tx;
  readonly principal: Principal;
  readonly rights: Rights;
  readonly algorithm: AlgorithmView;
  readonly input: PublishInput;
  readonly content: Content;
}

/** Giving a build its version, once and for ever. Source: chapter 3, "Publishing". */
export class PublishService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Gives the id of the version. All is decided under the lock of the owner's ledger: of two publications that
   * race for one number exactly one wins. The very same publication repeated gives the version that it made.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, TOO_LARGE, VERSION_EXISTS,
   * VERSION_NOT_INCREASING, BUILD_FAILED, BUILD_ALREADY_PUBLISHED, PERMISSIONS_FIXED_BY_MAJOR,
   * VISIBILITY_EXCEEDS_MAJOR
   */
  async publish(principal: Principal, input: PublishInput): Promise<number> {
    const ref = parseAlgorithmRef(input.algorithm);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { algorithm } = mutation;
    const content = contentOf(input);
    try {
      return await mutateAs(mutation, (tx, current) =>
        publishIn({
          tx,
          principal,
          rights: rightsOnAlgorithm(current, algorithm),
          algorithm,
          input,
          content,
        }),
      );
    } catch (error) {
      // the keys hold even where another node of a cluster did not see our lock
      if (isDuplicate(error, 'versions'))
        throw new AlgogateError('VERSION_EXISTS', 'the version exists already', ['version']);
      throw error;
    }
  }
}

async function publishIn(publication: Publication): Promise<Outcome<number>> {
  const { tx, algorithm, input } = publication;
  const build = await buildToPublish(publication);
  const carried = await carriedBy(tx, build.id);
  const repeated = await repetitionOf(publication, carried);
  if (repeated !== null) return { result: repeated, change: null };
  const version = numberOf(input, await highestRelease(tx, algorithm.id));
  if ((await versionByKey(tx, algorithm.id, version.key)) !== null) throw versionExists(version);
  assertIncreasing(version, await highestInLine(tx, algorithm.id, version));
  assertPublishable(version, { ...build, carried });
  const { permissions, opening } = await majorOf(publication, version);
  const visibility = visibilityOf(input.visibility, permissions.visibility);
  const at = Date.now();
  const id = await insertVersion(tx, versionRow(publication, version, build, visibility, at));
  if (visibility === 'PUBLIC') await listAlgorithm(tx, algorithm.id, at);
  const change = {
    chain: visibility === 'PUBLIC' ? ('public' as const) : ('private' as const),
    action: 'version.published',
    subject: `${algorithm.owner.handle}/${algorithm.name}/${version.text}`,
    detail: {
      version: version.text,
      sha: build.sha,
      visibility,
      state: 'PUBLISHED',
      stability: publication.content.stability,
      contentSha256: digestOf(publication.content),
      ...opening,
    },
  };
  return { result: id, change };
}

async function buildToPublish({ tx, algorithm, input }: Publication): Promise<BuildRecord> {
  if (input.sha == null) {
    const newest = await newestUnpublishedBuild(tx, algorithm.id);
    if (newest !== null) return newest;
    throw new AlgogateError('NOT_FOUND', 'no succeeded build waits to be published', ['sha']);
  }
  const build = await buildBySha(tx, algorithm.id, input.sha);
  if (build === null) throw new AlgogateError('NOT_FOUND', `build ${input.sha} not found`, ['sha']);
  return build;
}

/** The version that this very publication made before, so that a client may repeat one whose answer was lost. */
async function repetitionOf(
  { tx, algorithm, input, content }: Publication,
  carried: readonly SemVer[],
): Promise<number | null> {
  if (input.sha == null) return null;
  for (const candidate of carried) {
    const before = isRelease(candidate) ? await highestRelease(tx, algorithm.id, candidate.key) : null;
    if (input.version == null && !isRelease(candidate)) continue;
    if (numberOf(input, before).text !== candidate.text) continue;
    const made = await versionByKey(tx, algorithm.id, candidate.key);
    if (made === null || !sameContent(made, content)) continue;
    const sameVisibility = input.visibility == null || made.visibility === input.visibility;
    if (sameVisibility && (await permissionsHold(tx, made, input.permissions ?? {}))) return made.id;
  }
  return null;
}

async function permissionsHold(
  tx: Tx,
  { algorithmId, major }: VersionRecord,
  wanted: PermissionsChange,
): Promise<boolean> {
  const permissions = await permissionsOfMajor(tx, algorithmId, major);
  return permissions !== null && samePermissions(permissions, applyChange(permissions, wanted));
}

/** The permissions of the version's major; a version that opens it may set them, every other takes them as they are. */
async function majorOf(
  { tx, rights, algorithm, input }: Publication,
  { major }: SemVer,
): Promise<{ permissions: MajorPermissions; opening: JsonObject }> {
  const isNew = !(await majorHasVersions(tx, algorithm.id, major));
  if (input.permissions != null) assertMaySetPermissions(rights, major, isNew);
  const { permissions, opened } = await configureMajor(tx, algorithm.id, major, input.permissions ?? {});
  return { permissions, opening: isNew ? { permissions: { ...permissions }, ...opened } : {} };
}

/** @throws AlgogateError PERMISSIONS_FIXED_BY_MAJOR, FORBIDDEN */
function assertMaySetPermissions(rights: Rights, major: number, isNew: boolean): void {
  if (!isNew) {
    throw new AlgogateError(
      'PERMISSIONS_FIXED_BY_MAJOR',
      `major ${major} has versions: a new version takes its permissions`,
      ['permissions'],
    );
  }
  if (!hasRole(rights, 'ADMIN')) {
    throw new AlgogateError('FORBIDDEN', 'setting permissions needs the role ADMIN', ['permissions']);
  }
}

function versionRow(
  { principal, algorithm, content }: Publication,
  version: SemVer,
  build: BuildRecord,
  visibility: Visibility,
  at: number,
): Omit<VersionRecord, 'id'> {
  const publisher =
    principal.kind === 'user' || principal.kind === 'organization' ? principal.owner.id : null;
  return {
    algorithmId: algorithm.id,
    version: version.text,
    sortKey: version.key,
    major: version.major,
    buildId: build.id,
    releaseBuildId: isRelease(version) ? build.id : null,
    visibility,
    state: 'PUBLISHED',
    ...content,
    publishedAt: at,
    publishedBy: publisher,
    publishedKey: keyOf(principal)?.id ?? null,
    yankReason: null,
    yankedAt: null,
  };
}

function contentOf(input: PublishInput): Content {
  return {
    stability: input.stability ?? 'STABLE',
    releaseNotes: textWithin(input.releaseNotes, 'releaseNotes'),
    migrationGuide: textWithin(input.migrationGuide, 'migrationGuide'),
    sampleInput: textWithin(input.sampleInput, 'sampleInput'),
    sampleOutput: textWithin(input.sampleOutput, 'sampleOutput'),
    compatibility: lineWithin(input.compatibility, 'compatibility', 512),
  };
}

function sameContent(made: Content, content: Content): boolean {
  return (Object.keys(content) as (keyof Content)[]).every((field) => made[field] === content[field]);
}

/** The texts themselves are in the version's row, which is immutable: the ledger binds them by their digest. */
function digestOf(content: Content): string {
  const texts = Object.keys(content)
    .sort()
    .map((field) => content[field as keyof Content]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
