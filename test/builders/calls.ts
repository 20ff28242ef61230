import { AlgorithmRow, ApiKeyRow, CallRow, OwnerRow, VersionRow } from '../../entities';
import type { Outcome } from '../../src/domain/usage/call';
import type { World } from './world';

/** A recorded call to be put into the table as it is; what is not said of it is the same for all. */
export interface CallSpec {
  /** `owner/name` */
  readonly algorithm: string;
  /** A handle; none: the operator. */
  readonly caller?: string;
  /** `1.2.3`; none: a commit. */
  readonly version?: string;
  readonly startedAt: number;
  readonly requestId: string;
  readonly reference?: string;
  readonly outcome?: Outcome;
  readonly position?: string;
  readonly artifacts?: string;
  /** With the first key of the caller. */
  readonly withKey?: boolean;
}

const BATCH = 500;

/** Puts calls straight into the table: making them would take a test too long. */
export async function putCalls({ server }: World, specs: readonly CallSpec[]): Promise<void> {
  const { database } = server.app;
  const idsOf = await lookUps(database.reads);
  for (let at = 0; at < specs.length; at += BATCH) {
    const rows = specs.slice(at, at + BATCH).map((spec) => rowOf(spec, idsOf));
    await database.write(async (tx) => {
      await tx.insert(CallRow, rows);
    });
  }
}

type LookUps = Awaited<ReturnType<typeof lookUps>>;

async function lookUps(reads: World['server']['app']['database']['reads']) {
  const owners = await reads.find(OwnerRow);
  const algorithms = await reads.find(AlgorithmRow);
  const versions = await reads.find(VersionRow);
  const keys = await reads.find(ApiKeyRow, { order: { id: 'ASC' } });
  const handles = new Map(owners.map(({ id, handle }) => [id, handle]));
  const refs = new Map(algorithms.map(({ id, ownerId, name }) => [id, `${handles.get(ownerId)}/${name}`]));
  return {
    owners: new Map(owners.map(({ id, handle }) => [handle, id])),
    algorithms: new Map([...refs].map(([id, ref]) => [ref, id])),
    versions: new Map(
      versions.map(({ id, algorithmId, version }) => [`${refs.get(algorithmId)}/${version}`, id]),
    ),
    keys: new Map(keys.reverse().map(({ id, ownerId }) => [ownerId, id])),
  };
}

function rowOf(spec: CallSpec, { owners, algorithms, versions, keys }: LookUps): CallRow {
  const { algorithm, caller, version, startedAt, requestId } = spec;
  const callerId = caller === undefined ? 0 : known(owners.get(caller), caller);
  const ref = `${algorithm}/${version}`;
  return {
    algorithmId: known(algorithms.get(algorithm), algorithm),
    startedAt,
    requestId,
    durationMs: 12.5,
    backendMs: 10,
    callerId,
    keyId: spec.withKey === true ? known(keys.get(callerId), `a key of ${caller}`) : null,
    calledForId: null,
    reference: spec.reference ?? algorithm,
    selector: version === undefined ? 'SHA' : 'LATEST',
    versionId: version === undefined ? null : known(versions.get(ref), ref),
    buildId: null,
    sha: 'ab'.repeat(20),
    position: spec.position ?? `${algorithm.split('/')[0]}@1`,
    outcome: spec.outcome ?? 'OK',
    bytesIn: 3,
    bytesOut: 5,
    artifacts: spec.artifacts ?? null,
  };
}

function known(id: number | undefined, what: string): number {
  if (id === undefined) throw new Error(`there is no ${what} to have called, or be called`);
  return id;
}

/** How many calls are in the table. */
export async function countCalls({ server }: World): Promise<number> {
  const [row] = await server.app.database.reads.query<{ calls: number }[]>(
    'SELECT COUNT(*) AS calls FROM calls',
  );
  return Number(row?.calls);
}

/** Puts every call of an algorithm into the table again, `times` times, each time `ms` later. */
export async function repeatCalls(
  { server }: World,
  algorithm: string,
  { times, ms }: { readonly times: number; readonly ms: number },
): Promise<void> {
  const { database } = server.app;
  const { algorithms } = await lookUps(database.reads);
  const rest = `duration_ms, backend_ms, caller_id, key_id, called_for_id, reference, selector, version_id, build_id,
    sha, position, outcome, bytes_in, bytes_out, artifacts`;
  const named = database.dialect === 'sqlite' ? 'request_id || ?' : 'CONCAT(request_id, ?)';
  const id = known(algorithms.get(algorithm), algorithm);
  await database.write(async (tx) => {
    const [last] = await tx.query<{ at: number }[]>(
      'SELECT MAX(started_at) AS at FROM calls WHERE algorithm_id = ?',
      [id],
    );
    for (let time = 1; time <= times; time += 1) {
      await tx.query(
        `INSERT INTO calls (algorithm_id, started_at, request_id, ${rest})
         SELECT algorithm_id, started_at + ?, ${named}, ${rest} FROM calls WHERE algorithm_id = ? AND started_at <= ?`,
        [time * ms, `-${time}`, id, Number(last?.at)],
      );
    }
  });
}
