import { AlgogateError } from '../../../domain/errors';
import { assertInterface } from '../../../domain/interface';
import type { Principal } from '../../../domain/principal';
import { parseAlgorithmRef } from '../../../domain/ref';
import type { BuildStatus } from '../../../domain/terms';
import { mutateAs } from '../../shared/mutate';
import { lineWithin, textWithin } from '../../shared/text';
import { algorithmMutation } from '../access';
import type { BuildRecord } from '../records';
import type { RegistryParts } from '../services';
import { buildBySha, insertBuild } from '../store';

export interface BuildInput {
  readonly algorithm: string;
  /** 40 lower-case hex digits. */
  readonly sha: string;
  readonly status: BuildStatus;
  readonly backendUrl?: string | null | undefined;
  readonly interface?: string | null | undefined;
  readonly artifact?: { readonly uri: string; readonly sha256: string } | null | undefined;
  readonly log?: string | null | undefined;
  readonly environment?: string | null | undefined;
}

/** What two registrations of one commit must have alike. */
const FACTS = [
  'status',
  'backendUrl',
  'interface',
  'artifactUri',
  'artifactDigest',
  'log',
  'environment',
] as const satisfies readonly (keyof BuildRecord)[];

const DIGEST = /^[0-9a-f]{64}$/i;

/** Registering builds. Source: chapter 3, "Builds". */
export class BuildService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * The same commit twice is the same build if all is equal.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, TOO_LARGE, BACKEND_FORBIDDEN,
   * BUILD_CONFLICT
   */
  async register(principal: Principal, input: BuildInput): Promise<BuildRecord> {
    const ref = parseAlgorithmRef(input.algorithm);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'RELEASE');
    const { id, owner, name } = mutation.algorithm;
    const build = this.validated(input);
    return mutateAs(mutation, async (tx) => {
      const existing = await buildBySha(tx, id, build.sha);
      if (existing !== null) {
        assertSame(existing, build);
        return { result: existing, change: null };
      }
      const buildId = await insertBuild(tx, id, build);
      const { sha, status, artifactDigest } = build;
      const change = {
        chain: 'private' as const,
        action: 'build.registered',
        subject: `${owner.handle}/${name}/${sha}`,
        detail: { sha, status, artifactDigest },
      };
      return { result: { ...build, id: buildId }, change };
    });
  }

  private validated(input: BuildInput): Omit<BuildRecord, 'id'> {
    const backendUrl = lineWithin(input.backendUrl, 'backendUrl', 2000);
    if (input.status === 'SUCCEEDED' && backendUrl === null) {
      throw new AlgogateError('INVALID_INPUT', 'a succeeded build has a backendUrl that serves it', [
        'backendUrl',
      ]);
    }
    if (backendUrl !== null) this.parts.addresses.check(backendUrl);
    const sdl = textWithin(input.interface, 'interface');
    if (sdl !== null) assertInterface(sdl);
    if (input.artifact != null && !DIGEST.test(input.artifact.sha256)) {
      throw new AlgogateError('INVALID_INPUT', 'sha256 is 64 hex digits', ['artifact', 'sha256']);
    }
    return {
      sha: input.sha,
      status: input.status,
      backendUrl,
      interface: sdl,
      artifactUri: lineWithin(input.artifact?.uri, 'artifact', 2000),
      artifactDigest: input.artifact?.sha256.toLowerCase() ?? null,
      log: textWithin(input.log, 'log'),
      environment: textWithin(input.environment, 'environment'),
      createdAt: Date.now(),
    };
  }
}

function assertSame(existing: BuildRecord, build: Omit<BuildRecord, 'id'>): void {
  const different = FACTS.filter((fact) => existing[fact] !== build[fact]);
  if (different.length === 0) return;
  throw new AlgogateError(
    'BUILD_CONFLICT',
    `build ${build.sha} was registered with another ${different.join(', ')}; a build is immutable`,
    ['sha'],
  );
}
