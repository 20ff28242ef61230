import type { InterfaceReport } from '../../../src/domain/interface';
import { parseVersion, type SemVer } from '../../../src/domain/version';
import { ComparingTime, InterfaceJudge } from '../../../src/subgraphs/registry/interfaces/interface-judge';

const OLD = 'type Query { detect(image: String!): Int }';
const NEW = 'type Query { detect(image: String!): Int train: Int }';

const version = (text: string): SemVer => parseVersion(text)!;
const releases = [{ version: version('1.0.0'), interface: OLD }];

test('a resumed judge compares only what was not compared before', async () => {
  const compared = new Map<string, InterfaceReport>();
  const ahead = new InterfaceJudge(NEW, new ComparingTime(), compared);
  const judged = await ahead.judge(version('1.1.0'), releases, false);
  const made = [...compared.values()];
  expect(made).toHaveLength(1);

  const resumed = ahead.resumed(NEW);
  expect(await resumed.judge(version('1.1.0'), releases, false)).toEqual(judged);
  expect([...compared.values()][0]).toBe(made[0]);
  expect(compared.size).toBe(1);

  const later = [...releases, { version: version('1.0.1'), interface: 'type Query { train: Int }' }];
  const { refusal } = await resumed.judge(version('1.0.2'), later, false);
  expect(refusal).toMatchObject({ code: 'BUMP_TOO_SMALL' });
  expect(compared.size).toBe(2);
});

test('what was compared with one interface says nothing of another', async () => {
  const compared = new Map<string, InterfaceReport>();
  const ahead = new InterfaceJudge(NEW, new ComparingTime(), compared);
  await ahead.judge(version('1.1.0'), releases, false);
  const { report } = await ahead.resumed(OLD).judge(version('1.1.0'), releases, false);
  expect(report).toMatchObject({ requiredBump: 'REVISION', changes: [] });
  expect(compared.size).toBe(1);
});
