import fc from 'fast-check';

import { type Client, valueAt } from './client';
import { shaOf, type World } from './world';

/** The versions that a random history may publish, mostly in this order. Major 2 begins private. */
export const HISTORY_VERSIONS = [
  ...(['1.0.0', '1.0.1-rc.1', '1.0.1', '2.0.0', '1.1.0', '1.1.1', '1.2.0'] as const),
  ...(['2.0.1', '2.1.0-beta.1', '2.1.0', '1.2.1', '2.2.0'] as const),
] as const;
const CHANNELS = ['lts', 'beta', 'lts', 'beta', 'stable'] as const;

/** A number that picks among what a step can be done to. */
type Pick = <T>(candidates: readonly T[]) => T | undefined;

/** Does one thing; gives `OK`, or the code of what it was refused with. */
type Doer = (pick: Pick) => Promise<string>;

/** The steps of a random history: their kinds, the more often the oftener they are listed. */
export const STEP_KINDS = [
  ...(['publish', 'publish', 'publish', 'hold', 'hold', 'promote', 'openAll', 'build'] as const),
  ...(['yank', 'yank', 'unyank', 'unyank', 'move', 'move', 'move', 'rollback', 'takeDown'] as const),
  ...(['gate', 'ungate', 'report', 'report', 'protect', 'unprotect', 'unprotect'] as const),
  ...(['approve', 'approve', 'reject'] as const),
  ...(['grant', 'describe', 'elsewhere'] as const),
];
export type StepKind = (typeof STEP_KINDS)[number];

export interface RandomStep {
  readonly kind: StepKind;
  readonly which: number;
}

export const randomStep: fc.Arbitrary<RandomStep> = fc.record({
  kind: fc.constantFrom(...STEP_KINDS),
  which: fc.nat(),
});

/** A beginning in which every step does something. */
export const OPENING: readonly RandomStep[] = (
  [
    ...['publish', 'elsewhere', 'hold', 'grant', 'promote', 'publish', 'move', 'describe', 'gate'],
    ...['hold', 'publish', 'report', 'move', 'rollback', 'protect', 'publish', 'approve', 'publish'],
    ...['reject', 'unprotect', 'ungate', 'build', 'yank', 'unyank', 'openAll', 'takeDown'],
  ] as StepKind[]
).map((kind) => ({ kind, which: 0 }));

/** What has become of a version, as far as a history knows. */
type Life = 'none' | 'held' | 'public' | 'waiting' | 'yanked' | 'gone';

/** What happens to one algorithm, step by step, through the front door. */
export class RandomHistory {
  /** How often each kind of step did something. */
  readonly done = new Map<StepKind, number>();
  private readonly lives = new Map<string, Life>();
  /** What those that are yanked were before. */
  private readonly beforeYank = new Map<string, Life>();
  private protectedNow = false;
  private elsewhere = 0;

  private constructor(
    private readonly world: World,
    /** `owner/name` */
    readonly algorithm: string,
    private readonly admin: Client,
    private readonly grantee: string,
    /** Of a build that is never published. */
    readonly spare: string,
  ) {}

  /** @param admin a user who is an admin of the owner; publications are the operator's */
  static async begin(
    world: World,
    algorithm: string,
    { admin, grantee }: { readonly admin: Client; readonly grantee: string },
  ): Promise<RandomHistory> {
    for (const name of [algorithm, `${algorithm}-2`]) await world.algorithm(name);
    const spare = await world.build(algorithm, { sha: shaOf(`${algorithm} spare`) });
    for (const [major, visibility] of [
      [1, 'PUBLIC'],
      [2, 'PRIVATE'],
    ]) {
      await admin.mutate('setMajorPermissions', { major: `${algorithm}/${major}`, visibility });
    }
    return new RandomHistory(world, algorithm, admin, grantee, spare);
  }

  /** The commit that a version is built from. */
  shaOf(version: string): string {
    return shaOf(`${this.algorithm} ${version}`);
  }

  async does({ kind, which }: RandomStep): Promise<void> {
    const pick: Pick = (candidates) => candidates[which % candidates.length];
    if ((await this.doers[kind](pick)) === 'OK') this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
  }

  private readonly doers: Readonly<Record<StepKind, Doer>> = {
    publish: (pick) => this.publish(pick, undefined),
    hold: (pick) => this.publish(pick, 'PRIVATE'),
    promote: (pick) => this.change(pick(this.those('held')), 'promoteVersion', {}, 'public'),
    yank: (pick) => {
      const input = { reason: 'a test', rollbackChannels: pick([true, true, false]) };
      return this.change(pick(this.those('public', 'held')), 'yankVersion', input, 'yanked');
    },
    unyank: (pick) => {
      const version = pick(this.those('yanked'));
      return this.change(version, 'unyankVersion', {}, this.beforeYank.get(version ?? '') ?? null);
    },
    takeDown: async (pick) => {
      const [one, ...others] = this.those('public', 'waiting', 'held');
      // something is to be left
      if (one === undefined || others.length < 2) return 'NOTHING';
      return this.change(
        pick([one, ...others]),
        'takeDownVersion',
        { reason: 'a test' },
        'gone',
        this.world.operator,
      );
    },
    approve: (pick) =>
      this.change(pick([...this.those('waiting'), ...this.those('held')]), 'approveVersion', {}, null),
    reject: (pick) => this.change(pick(this.those('waiting')), 'rejectVersion', { reason: 'a test' }, 'gone'),
    report: (pick) => {
      const gates = [{ name: 'recall', value: pick([0.95, 0.95, 0.5]) }];
      return this.change(pick(this.those('public', 'public', 'held')), 'submitGateReport', { gates }, null);
    },
    move: (pick) => this.move(pick),
    rollback: (pick) =>
      this.admin.attempt('rollbackChannel', { algorithm: this.algorithm, channel: pick(CHANNELS) }),
    openAll: async () => {
      const input = { major: `${this.algorithm}/2`, visibility: 'PUBLIC', promoteExisting: true };
      const outcome = await this.admin.attempt('setMajorPermissions', input);
      if (outcome === 'OK') {
        for (const known of [this.lives, this.beforeYank]) {
          for (const [version, life] of known) {
            if (version.startsWith('2.') && life === 'held') known.set(version, 'public');
          }
        }
      }
      return outcome;
    },
    gate: () => this.policies({ gates: [{ channel: 'stable', gates: ['recall >= 0.9'] }] }),
    ungate: () => this.policies({ gates: [{ channel: 'stable', gates: [] }] }),
    protect: () => this.protect(true),
    unprotect: () => this.protect(false),
    build: (pick) => this.build(pick(HISTORY_VERSIONS) ?? ''),
    grant: (pick) => {
      const major = `${this.algorithm}/${pick([1, 2])}`;
      return this.admin.attempt('grantMajorAccess', { major, grantee: this.grantee, level: 'CALL' });
    },
    describe: (pick) =>
      this.admin.attempt('updateAlgorithm', {
        algorithm: this.algorithm,
        summary: `about ${pick([1, 2, 3])}`,
      }),
    elsewhere: async (pick) => {
      this.elsewhere += 1;
      const visibility = pick(['PUBLIC', 'PRIVATE'] as const) ?? 'PUBLIC';
      await this.world.publish(`${this.algorithm}-2`, `1.0.${this.elsewhere}`, { visibility });
      return 'OK';
    },
  };

  private async publish(pick: Pick, visibility: 'PRIVATE' | undefined): Promise<string> {
    const version = pick(this.those('none').slice(0, 2));
    if (version === undefined) return 'NOTHING';
    await this.build(version);
    const input = { algorithm: this.algorithm, version, sha: this.shaOf(version), visibility };
    const said = 'version { state visibility }';
    const answer = await this.world.operator.mutation('publishVersion', input, said);
    const made = answer.at('publishVersion.version');
    if (made == null) return 'REFUSED';
    const isPublic = valueAt(made, 'visibility') === 'PUBLIC';
    const waits = valueAt(made, 'state') === 'PENDING_APPROVAL';
    this.lives.set(version, waits ? 'waiting' : isPublic ? 'public' : 'held');
    return 'OK';
  }

  private async move(pick: Pick): Promise<string> {
    const [channel, to] = [pick(CHANNELS), pick(this.those('public').toReversed())];
    if (channel === undefined || to === undefined) return 'NOTHING';
    const now = await this.admin.resolve(`${this.algorithm}/${channel}`);
    const expected = valueAt(now.json, 'version') ?? null;
    return this.admin.attempt('moveChannel', { algorithm: this.algorithm, channel, to, expected });
  }

  private async build(version: string): Promise<string> {
    const input = { algorithm: this.algorithm, sha: this.shaOf(version), status: 'SUCCEEDED' };
    const backendUrl = `${this.world.backend.url}/${this.algorithm}/${version}`;
    return this.world.operator.attempt('registerBuild', { ...input, backendUrl });
  }

  private async protect(on: boolean): Promise<string> {
    if (this.protectedNow === on) return 'NOTHING';
    this.protectedNow = on;
    return this.policies({ protectStable: on ? 'EVERY' : 'NONE' });
  }

  private policies(policies: object): Promise<string> {
    return this.admin.attempt('updateAlgorithm', { algorithm: this.algorithm, policies });
  }

  /** @param life what becomes of the version; null: what the registry says */
  private async change(
    version: string | undefined,
    mutation: string,
    input: object,
    life: Life | null,
    by = this.admin,
  ): Promise<string> {
    if (version === undefined) return 'NOTHING';
    const outcome = await by.attempt(mutation, { version: `${this.algorithm}/${version}`, ...input });
    if (outcome !== 'OK') return outcome;
    const before = this.lives.get(version);
    const approved = mutation === 'approveVersion' && before === 'waiting' ? ('public' as const) : null;
    const next = life ?? approved;
    if (life === 'yanked' && before !== undefined) this.beforeYank.set(version, before);
    if (next !== null) this.lives.set(version, next);
    return outcome;
  }

  private those(...lives: readonly Life[]): string[] {
    return HISTORY_VERSIONS.filter((version) => lives.includes(this.lives.get(version) ?? 'none'));
  }
}
