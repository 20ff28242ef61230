import { type Client, valueAt } from './client';
import type { Published, PublishSpec, World } from './world';

/** What a publication was answered with. */
export interface Attempted {
  readonly sha: string;
  readonly version: unknown;
  readonly state: unknown;
  readonly report: unknown;
  /** `OK`, or the code of the refusal. */
  readonly code: string;
  readonly message: string | null;
}

/** Interfaces that follow from one another in known ways. */
export const SDL = {
  detect: 'type Query { detect(image: String!): Int }',
  /** The same in other words. */
  described: 'type Query { "Finds." detect(image: String!): Int }',
  /** Over `detect`: SAFE, a MINOR bump. */
  added: 'type Query { detect(image: String!): Int train: Int }',
  /** Over `added`: SAFE again. */
  second: 'type Query { detect(image: String!): Int train: Int test: Int }',
  /** Over `detect` and `added`: BREAKING, a MAJOR bump. */
  removed: 'type Query { train: Int }',
} as const;

export const REPORT = 'severity requiredBump changes { severity code path message }';

/** A version, the interface of its build, and what else is said of its publication. */
export type VersionSpec = readonly [version: string, sdl?: string | undefined, spec?: PublishSpec];

/** The algorithms of one owner, and publications with interfaces, by an admin of it. */
export class Releases {
  private made = 0;

  constructor(
    private readonly world: () => World,
    private readonly owner: string,
    private readonly admin: () => Client,
  ) {}

  /** A new algorithm, with these versions; gives `owner/name`. */
  async algorithm(...versions: readonly VersionSpec[]): Promise<string> {
    this.made += 1;
    const ref = `${this.owner}/a${this.made}`;
    await this.world().algorithm(ref);
    for (const [version, sdl, spec] of versions) await this.publish(ref, version, sdl, spec);
    return ref;
  }

  /** A version that must come to be; by the operator, where nothing else is said. */
  async publish(ref: string, version: string, sdl?: string, spec: PublishSpec = {}): Promise<Published> {
    return this.world().publish(ref, version, { ...(sdl !== undefined && { interface: sdl }), ...spec });
  }

  /** A new build with an interface, and an attempt to publish it. */
  async attempt(ref: string, sdl: string | undefined, input: object, by = this.admin()): Promise<Attempted> {
    const sha = await this.world().build(ref, sdl === undefined ? {} : { interface: sdl });
    return this.attemptBuild(ref, sha, input, by);
  }

  /** The same with a build that is there. */
  async attemptBuild(ref: string, sha: string, input: object, by = this.admin()): Promise<Attempted> {
    const fields = `version { version state } interfaceReport { ${REPORT} }`;
    const answer = await by.mutation('publishVersion', { algorithm: ref, sha, ...input }, fields);
    if (answer.errors.length > 0) throw new Error(answer.text);
    const payload = answer.at('publishVersion');
    return {
      sha,
      version: valueAt(payload, 'version.version') ?? null,
      state: valueAt(payload, 'version.state') ?? null,
      report: valueAt(payload, 'interfaceReport'),
      code: (valueAt(payload, 'userErrors.0.code') as string | undefined) ?? 'OK',
      message: (valueAt(payload, 'userErrors.0.message') as string | undefined) ?? null,
    };
  }

  async policies(ref: string, policies: object): Promise<void> {
    await this.admin().mutate('updateAlgorithm', { algorithm: ref, policies });
  }

  /** The report that is kept with a version. */
  async reportOf(version: string, by = this.admin()): Promise<unknown> {
    const query = `query ($v: String!) { version(ref: $v) { interfaceReport { ${REPORT} } } }`;
    const answer = await by.graphql(query, { v: version });
    if (answer.errors.length > 0) throw new Error(answer.text);
    return answer.at('version.interfaceReport');
  }
}
