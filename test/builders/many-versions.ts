import { AlgorithmRow, BuildRow, VersionRow } from '../../entities';
import { parseVersion } from '../../src/domain/version';
import { shaOf, type World } from './world';

const BATCH = 200;

/**
 * Puts `count` public releases 1.0.0, 1.0.1, … into an algorithm, by its tables: publishing so many would take a test
 * too long. One entry of its ledger must come after them, before anyone hears of it. Gives them, lowest first.
 */
export async function manyVersions({ server }: World, ref: string, count: number): Promise<string[]> {
  const versions = Array.from({ length: count }, (_, at) => `1.${Math.floor(at / 100)}.${at % 100}`);
  await server.app.database.write(async (tx) => {
    const { id: algorithmId } = await tx.findOneByOrFail(AlgorithmRow, { nameKey: ref.split('/')[1]! });
    for (let at = 0; at < count; at += BATCH) {
      const batch = versions.slice(at, at + BATCH);
      const shas = batch.map((version) => shaOf(`${ref} ${version}`));
      await tx.insert(
        BuildRow,
        shas.map((sha) => ({
          algorithmId,
          sha,
          status: 'SUCCEEDED' as const,
          backendUrl: null,
          createdAt: 1,
        })),
      );
      const builds = await tx.findBy(
        BuildRow,
        shas.map((sha) => ({ algorithmId, sha })),
      );
      const ids = new Map(builds.map(({ sha, id }) => [sha, id]));
      await tx.insert(
        VersionRow,
        batch.map((version, index) => {
          const { major, key } = parseVersion(version)!;
          const buildId = ids.get(shas[index]!)!;
          return {
            algorithmId,
            version,
            sortKey: key,
            major,
            buildId,
            releaseBuildId: buildId,
            visibility: 'PUBLIC' as const,
            state: 'PUBLISHED' as const,
            stability: 'STABLE' as const,
            publishedAt: 1,
          };
        }),
      );
    }
    // an algorithm without gates: what is public has entered `stable`, as the migration had it too
    await tx.query(
      `INSERT INTO channel_entries (version_id, channel, at)
       SELECT v.id, 'stable', v.published_at FROM versions v
        WHERE v.algorithm_id = ? AND v.visibility = 'PUBLIC' AND v.state = 'PUBLISHED'
          AND NOT EXISTS (SELECT 1 FROM channel_entries e WHERE e.version_id = v.id AND e.channel = 'stable')`,
      [algorithmId],
    );
  });
  return versions;
}
