import { createServer } from 'node:http';
import {
  BackendAddressGuard,
  CallPath,
  type Admission,
  type CallPorts,
  type CallSettings,
  type ClaimResult,
  type IdempotencyClaim,
  type IdempotencyStore,
  type Journal,
  type KeptAnswer,
} from '../../../src/calls';
import { AlgogateError } from '../../../src/domain/errors';
import { ANONYMOUS, type Principal } from '../../../src/domain/principal';
import type { CallRecord } from '../../../src/domain/usage/call';
import { listen, send, type Listening, type Received, type Sent } from './http';

export const SHA = 'a'.repeat(40);

export const CALLER: Principal = {
  kind: 'user',
  owner: { id: 7, handle: 'ada' },
  roles: new Map(),
  key: { id: 70, prefix: 'agk_x', scopes: [] },
};

export const AUTHORIZED = { Authorization: 'Simple KEY', 'Content-Type': 'application/json' };

/** What `admit` finds for one algorithm, whatever the selector. */
export function admission(backendUrl: string, more: Partial<Admission> = {}): Admission {
  return {
    canonical: 'Demo/Hello/1.2.3',
    rule: 'the full version',
    fullVersionPath: '/v1/algo/Demo/Hello/1.2.3',
    algorithmId: 11,
    versionId: 12,
    version: '1.2.3',
    buildId: 14,
    sha: SHA,
    ownerId: 13,
    position: 'Demo@5',
    backendUrl,
    networkAccess: 'FULL',
    callsAlgorithms: false,
    hasInterface: false,
    checksInput: true,
    artifacts: [],
    pinned: [],
    notices: [],
    memberOfOwner: false,
    maySeeSource: false,
    ...more,
  };
}

export class MemoryJournal implements Journal {
  readonly records: CallRecord[] = [];
  full = false;
  fault: Error | null = null;
  /** What `append` waits for. */
  gate: Promise<void> = Promise.resolve();

  admitting(): boolean {
    return !this.full;
  }

  async begin(): Promise<void> {
    await this.gate;
    if (this.fault !== null) throw this.fault;
  }

  async append(record: CallRecord): Promise<void> {
    await this.gate;
    if (this.fault !== null) throw this.fault;
    this.records.push(record);
  }

  get outcomes(): string[] {
    return this.records.map(({ outcome }) => outcome);
  }
}

interface Use {
  readonly claim: IdempotencyClaim;
  answer: KeptAnswer | null | undefined;
}

export class MemoryIdempotency implements IdempotencyStore {
  readonly uses = new Map<string, Use>();

  async claim(claim: IdempotencyClaim): Promise<ClaimResult> {
    const id = `${claim.principalId} ${claim.key}`;
    const use = this.uses.get(id);
    if (use === undefined) {
      this.uses.set(id, { claim, answer: undefined });
      return { state: 'claimed' };
    }
    if (use.claim.digest !== claim.digest) return { state: 'mismatch' };
    return use.answer === undefined ? { state: 'in-progress' } : { state: 'done', answer: use.answer };
  }

  async keep(claim: IdempotencyClaim, answer: KeptAnswer | null): Promise<void> {
    this.uses.set(`${claim.principalId} ${claim.key}`, { claim, answer });
  }

  async release(claim: IdempotencyClaim): Promise<void> {
    this.uses.delete(`${claim.principalId} ${claim.key}`);
  }
}

export interface World extends Listening {
  readonly calls: CallPath;
  readonly journal: MemoryJournal;
  readonly idempotency: MemoryIdempotency;
  /** By `owner/name`, in lower case. */
  readonly admissions: Map<string, Admission>;
  /** What `authenticate` was given, call by call. */
  readonly credentials: (string | undefined)[];
  readonly resolved: string[];
  readonly faults: unknown[];
  call(path: string, sent?: Sent): Promise<Received>;
}

/** The call path on a server, over ports that know one key and the given admissions. */
export async function startWorld(
  admissions: Record<string, Admission>,
  settings: Partial<CallSettings> = {},
  overrides: Partial<CallPorts> = {},
): Promise<World> {
  const journal = new MemoryJournal();
  const idempotency = new MemoryIdempotency();
  const known = new Map(Object.entries(admissions));
  const credentials: (string | undefined)[] = [];
  const resolved: string[] = [];
  const faults: unknown[] = [];
  const ports: CallPorts = {
    authenticate: (authorization) => {
      credentials.push(authorization);
      if (authorization === undefined) return ANONYMOUS;
      if (authorization.includes('BAD'))
        throw new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
      return CALLER;
    },
    admit: (_, reference) => {
      resolved.push(`${reference.ownerKey}/${reference.nameKey}/${reference.selector.kind}`);
      const found = known.get(`${reference.ownerKey}/${reference.nameKey}`);
      if (found === undefined) throw new AlgogateError('NOT_FOUND', 'no public version matches');
      return found;
    },
    interfaceOf: () => {
      throw new Error('no build of this world has an interface');
    },
    idempotency,
    journal,
    pseudonym: (ownerId) => `pseudonym-for-${ownerId}`,
    onFault: (fault) => faults.push(fault),
    ...overrides,
  };
  const calls = new CallPath(ports, new BackendAddressGuard(['127.0.0.0/8']), settings);
  const server = createServer();
  calls.attach(server, (_, response) => {
    response.writeHead(418, { 'Content-Type': 'text/plain' });
    response.end('not the call path');
  });
  const listening = await listen(server);
  return {
    ...listening,
    calls,
    journal,
    idempotency,
    admissions: known,
    credentials,
    resolved,
    faults,
    call: (path, sent = {}) =>
      send(`${listening.url}${path}`, { body: '"x"', ...sent, headers: sent.headers ?? AUTHORIZED }),
    close: async () => {
      await calls.close();
      await listening.close();
    },
  };
}

/** The JSON of an answer. */
export function json({ text }: Received): unknown {
  return JSON.parse(text) as unknown;
}

/** Status and JSON of an answer. */
export function answerOf(received: Received): { status: number; type: string | undefined; body: unknown } {
  return { status: received.status, type: received.headers['content-type'], body: json(received) };
}

/** An error of the platform, whole. */
export function platformError(status: number, code: string, message: unknown = expect.any(String)): unknown {
  return { status, type: 'application/json', body: { error: { message, code } } };
}

/** Waits until `met` is true. */
export async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 5));
}
