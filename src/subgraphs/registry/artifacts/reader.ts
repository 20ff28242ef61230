import type { GraphContext } from '../../shared/context';
import type { ArtifactLoaders, RevisionsKey } from './loaders';
import type { ArtifactRecord, ManifestRecord } from './store';
import { ArtifactRevision, ManifestEntry } from './types';

/** Artifacts as objects of the graph, through the loaders of the request. */
export class ArtifactReader {
  constructor(private readonly loaders: (context: GraphContext) => ArtifactLoaders) {}

  async revisions(context: GraphContext, key: RevisionsKey): Promise<readonly ArtifactRecord[]> {
    return this.loaders(context).revisionsOfAlgorithm.load(key);
  }

  /** @param withUri whether the caller may read where they are */
  async manifest(
    context: GraphContext,
    { algorithmId, major, withUri }: { algorithmId: number; major: number; withUri: boolean },
  ): Promise<ManifestEntry[]> {
    const all = await this.loaders(context).manifestsOfAlgorithm.load(algorithmId);
    return all.filter((entry) => entry.of === major).map((entry) => entryOf(entry, withUri));
  }

  /** What a version pins. */
  async pins(context: GraphContext, versionId: number, withUri: boolean): Promise<ManifestEntry[]> {
    const pins = await this.loaders(context).pinsOfVersion.load(versionId);
    return pins.map((pin) => entryOf(pin, withUri));
  }

  revision({ name, revision, sha256, uri, at }: ArtifactRecord, withUri: boolean): ArtifactRevision {
    const facts = { name, revision, sha256, uri: withUri ? uri : null, addedAt: new Date(at) };
    return Object.assign(new ArtifactRevision(), facts);
  }
}

function entryOf({ name, revision, sha256, uri }: ManifestRecord, withUri: boolean): ManifestEntry {
  return Object.assign(new ManifestEntry(), { name, revision, sha256, uri: withUri ? uri : null });
}
