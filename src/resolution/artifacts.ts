import type { VersionFacts } from '../domain/facts';
import type { ArtifactFacts, ReleaseControl } from './view';

const NONE: readonly ArtifactFacts[] = [];

/** What holds for calls of a version that name none: what it pins, and for the rest the manifest of its major. */
export function heldArtifacts(
  release: ReleaseControl,
  version: VersionFacts | null,
): readonly ArtifactFacts[] {
  if (version === null) return NONE;
  return withPins(release.manifests.get(version.major) ?? NONE, pinnedArtifacts(release, version));
}

/** What a version pins. */
export function pinnedArtifacts(
  { pins }: ReleaseControl,
  version: VersionFacts | null,
): readonly ArtifactFacts[] {
  return version === null ? NONE : (pins.get(version.id) ?? NONE);
}

/** A manifest where a version pins some of it, by name: the manifest has no say in those. */
export function withPins<T extends ArtifactFacts>(manifest: readonly T[], pins: readonly T[]): readonly T[] {
  if (pins.length === 0) return manifest;
  const names = new Set(pins.map(({ name }) => name));
  return [...manifest.filter(({ name }) => !names.has(name)), ...pins].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
