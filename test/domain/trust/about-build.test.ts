import { digestWanted, isAboutBuild } from '../../../src/domain/trust/about-build';

const SHA = 'a'.repeat(40);
const DIGEST = 'b'.repeat(64);
const OTHER = { commit: 'c'.repeat(40), digest: 'd'.repeat(64) };
const WITH = { sha: SHA, artifactDigest: DIGEST };
const WITHOUT = { sha: SHA, artifactDigest: null };

type Subjects = readonly Readonly<Record<string, string>>[];

describe('what a statement is about', () => {
  test.each<[string, Subjects, withArtifact: boolean, withoutArtifact: boolean]>([
    ['the artifact', [{ sha256: DIGEST }], true, false],
    ['the artifact, in capitals', [{ sha256: DIGEST.toUpperCase() }], true, false],
    ['the artifact and its commit', [{ sha256: DIGEST, gitCommit: SHA }], true, true],
    ['the artifact, of another commit', [{ sha256: DIGEST, gitCommit: OTHER.commit }], false, false],
    ['the commit', [{ gitCommit: SHA }], false, true],
    ['the commit, by another name', [{ sha1: SHA }], false, false],
    ['the artifact, by another name', [{ sha512: DIGEST }], false, false],
    ['another artifact', [{ sha256: OTHER.digest }], false, false],
    ['another commit', [{ gitCommit: OTHER.commit }], false, false],
    ['the artifact and others', [{ sha256: OTHER.digest }, { sha256: DIGEST }], true, false],
    ['both, in two subjects', [{ sha256: DIGEST }, { gitCommit: OTHER.commit }], true, false],
    ['nothing', [{}], false, false],
    ['no subject', [], false, false],
  ])('%s', (_what, subjects, withArtifact, withoutArtifact) => {
    const maps = subjects.map((subject) => new Map(Object.entries(subject)));
    expect([isAboutBuild(maps, WITH), isAboutBuild(maps, WITHOUT)]).toEqual([withArtifact, withoutArtifact]);
  });

  test('is told in messages', () => {
    expect([digestWanted(WITH), digestWanted(WITHOUT)]).toEqual([`sha256 ${DIGEST}`, `gitCommit ${SHA}`]);
  });
});
