import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import { formatPosition } from '../domain/position';
import type { SigningKeys } from '../keys';
import { type ArtifactFacts, withPins } from '../resolution';
import { Manifests } from './manifests';
import { RememberedFacts } from './remembered';
import { RECEIPT_TYPE, type Statement, statementText } from './statement';
import { type FactKey, readBuilds, readHashes, readRevisions } from './store';
import type { PastArtifacts, Subject } from './subject';

export interface ReceiptsParts {
  readonly database: Database;
  readonly keys: Pick<SigningKeys, 'sign'>;
  /** Names the marketplace in what is signed. */
  readonly issuer: string;
  /** Whether the database is known not to answer: nobody then waits for it long. */
  readonly isSilent?: () => boolean;
}

/** A subject of which it is known what held beside the code. */
interface Held extends Omit<Subject, 'artifacts'> {
  readonly artifacts: readonly ArtifactFacts[] | null;
}

/** Signs statements of what references meant. Who asks is unknown here. Source: chapter 7, "Receipts". */
export class Receipts {
  private readonly hashes: RememberedFacts;
  private readonly revisions: RememberedFacts;
  private readonly builds: RememberedFacts;
  private readonly manifests: Manifests;

  constructor(private readonly parts: ReceiptsParts) {
    const { database } = parts;
    this.hashes = new RememberedFacts(database, readHashes, 'entry');
    this.revisions = new RememberedFacts(database, readRevisions, 'revision');
    this.builds = new RememberedFacts(database, readBuilds, 'build');
    this.manifests = new Manifests(database);
  }

  /** @throws AlgogateError UNAVAILABLE where something has to be read for it, and the database is away */
  async sign(subject: Subject): Promise<string> {
    const [receipt = ''] = await this.signAll([subject]);
    return receipt;
  }

  /**
   * A receipt for each, in their order, by as many queries as for one.
   * @throws AlgogateError UNAVAILABLE
   */
  async signAll(subjects: readonly Subject[]): Promise<string[]> {
    const statements = await this.statements(subjects);
    return Promise.all(
      statements.map((statement) => this.parts.keys.sign(RECEIPT_TYPE, statementText(statement))),
    );
  }

  private async statements(subjects: readonly Subject[]): Promise<Statement[]> {
    try {
      return await answered(this.state(subjects), this.parts.isSilent?.() ?? false);
    } catch (error) {
      if (isDatabaseAway(error)) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
      throw error;
    }
  }

  private async state(subjects: readonly Subject[]): Promise<Statement[]> {
    const held = await Promise.all(subjects.map((subject) => this.held(subject)));
    const hashOf = await this.hashes.find(held.flatMap(entriesOf));
    const digestOf = await this.revisions.find(held.flatMap(revisionsOf));
    const builtOf = await this.builds.find(held.map(({ buildId }) => [buildId]));
    return held.map((subject) => statementOf(subject, { hashOf, digestOf, builtOf }, this.parts.issuer));
  }

  private async held({ artifacts, ...subject }: Subject): Promise<Held> {
    if (artifacts === null || !('major' in artifacts)) return { ...subject, artifacts };
    const { major, pins }: PastArtifacts = artifacts;
    const manifest = await this.manifests.at(subject.ownerId, major, subject.position);
    return { ...subject, artifacts: withPins<ArtifactFacts>(manifest, pins) };
  }
}

/** The entries at the heads that a position names; of a chain that had none, nothing. */
function entriesOf({ ownerId, position }: Held): FactKey[] {
  const { public: sequence, private: hidden } = position;
  return [
    ...(sequence > 0 ? [[ownerId, 'public', sequence]] : []),
    ...(hidden !== null && hidden > 0 ? [[ownerId, 'private', hidden]] : []),
  ];
}

function revisionsOf({ algorithmId, artifacts }: Held): FactKey[] {
  return (artifacts ?? []).map(({ name, revision }) => [algorithmId, name, revision]);
}

type Find = (key: FactKey) => string | null;

interface Known {
  readonly hashOf: Find;
  readonly digestOf: Find;
  readonly builtOf: Find;
}

function statementOf(subject: Held, { hashOf, digestOf, builtOf }: Known, iss: string): Statement {
  const { reference, canonical, selector, version, sha, buildId, position, artifacts, requestId } = subject;
  const { ownerId, algorithmId } = subject;
  const head = (chain: string, sequence: number): string | null =>
    sequence === 0 ? null : hashOf([ownerId, chain, sequence]);
  const revisions = artifacts?.map(({ name, revision }) => {
    return { name, revision, sha256: digestOf([algorithmId, name, revision]) ?? '' };
  });
  const said = {
    ...{ iss, reference, canonical, selector, version, sha },
    // what was taken down is told of no more
    ...(revisions !== undefined && { artifact: builtOf([buildId]), artifacts: revisions }),
    position: formatPosition(position),
    heads: {
      public: head('public', position.public),
      ...(position.private !== null && { private: head('private', position.private) }),
    },
    time: new Date().toISOString(),
  };
  return requestId === null ? { kind: 'resolution', ...said } : { kind: 'call', ...said, requestId };
}
