import type { GraphContext } from '../shared/context';
import type { RegistryLoaders } from './loaders';
import { algorithmNode, buildNode, ownerNode, versionNode } from './nodes';
import type { VersionRecord } from './records';
import type { Algorithm, Build, Owner, Version } from './types';

/** Objects of the graph by the ids of their rows, through the loaders of the request. */
export class RegistryReader {
  constructor(private readonly loaders: (context: GraphContext) => RegistryLoaders) {}

  /** After a mutation, what the request loaded before it may no longer be so. */
  afterChange(context: GraphContext): this {
    const loaders: readonly { clearAll: () => unknown }[] = Object.values(this.loaders(context));
    for (const loader of loaders) loader.clearAll();
    return this;
  }

  async owner(context: GraphContext, id: number): Promise<Owner> {
    return ownerNode(await this.loaders(context).ownerById.load(id));
  }

  async ownerByKey(context: GraphContext, handleKey: string): Promise<Owner | null> {
    const owner = await this.loaders(context).ownerByKey.load(handleKey);
    return owner && ownerNode(owner);
  }

  async algorithm(context: GraphContext, id: number): Promise<Algorithm> {
    return algorithmNode(await this.loaders(context).algorithmById.load(id));
  }

  async version(context: GraphContext, id: number): Promise<Version> {
    return this.versionOf(context, await this.loaders(context).versionById.load(id));
  }

  async versionOf(context: GraphContext, record: VersionRecord): Promise<Version> {
    return versionNode(record, await this.loaders(context).algorithmById.load(record.algorithmId));
  }

  /** @param withSource whether the caller may read its source */
  async build(context: GraphContext, id: number, withSource: boolean): Promise<Build> {
    return buildNode(await this.loaders(context).buildById.load(id), withSource);
  }

  /** Of a deprecation, by its id. */
  async migrationGuide(context: GraphContext, deprecationId: number): Promise<string | null> {
    return this.loaders(context).migrationGuide.load(deprecationId);
  }

  /** The build of a version. Of one that was taken down only its commit is told, by which it is known. */
  async buildOf(
    context: GraphContext,
    { buildId, state }: Pick<VersionRecord, 'buildId' | 'state'>,
    withSource: boolean,
  ): Promise<Build> {
    const build = await this.build(context, buildId, withSource && state !== 'TAKEN_DOWN');
    return state === 'TAKEN_DOWN' ? Object.assign(build, { artifactDigest: null }) : build;
  }

  /** The same by the id of the version's row. */
  async buildOfVersion(context: GraphContext, versionId: number, withSource: boolean): Promise<Build> {
    return this.buildOf(context, await this.loaders(context).versionById.load(versionId), withSource);
  }

  /** The SDL of a version; null where it has none, or was taken down. */
  async interfaceOf(context: GraphContext, { buildId, state }: Version): Promise<string | null> {
    if (state === 'TAKEN_DOWN') return null;
    return (await this.loaders(context).buildById.load(buildId)).interface;
  }
}
