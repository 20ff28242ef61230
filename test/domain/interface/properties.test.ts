import fc from 'fast-check';
import { buildSchema, lexicographicSortSchema, parse, print, printSchema } from 'graphql';

import { assertInterface, combineReports, compareInterfaces } from '../../../src/domain/interface';
import { type Model, model, printing, PLAIN, printModel } from './models';
import { BREAKING, DANGEROUS, type Mutation, SAFE } from './mutations';

const NOTHING = { severity: 'SAFE', requiredBump: 'REVISION', changes: [] };
const anyMajor = fc.nat(3);

/** `ALGOGATE_TEST_RUNS` gives more: each run makes, prints and compares whole schemas. */
const RUNS = { numRuns: Number(process.env['ALGOGATE_TEST_RUNS'] ?? 25) };
/** Of each kind of change. */
const RUNS_OF_KIND = { numRuns: Math.ceil(RUNS.numRuns * 0.4) };

test('an interface is the same as itself, in whatever order, with whatever descriptions', () => {
  fc.assert(
    fc.property(model, printing, printing, anyMajor, (of, one, other, major) => {
      const [a, b] = [printModel(of, one), printModel(of, other)];
      assertInterface(a);
      expect(compareInterfaces(a, b, major)).toEqual(NOTHING);
    }),
    RUNS,
  );
});

test('an interface is the same as what printers make of it', () => {
  fc.assert(
    fc.property(model, printing, (of, how) => {
      const sdl = printModel(of, how);
      const schema = buildSchema(sdl);
      const printed = [print(parse(sdl)), printSchema(schema)];
      for (const text of printed) expect(compareInterfaces(sdl, text, 1)).toEqual(NOTHING);
      // that one sorts args too
      const sorted = compareInterfaces(sdl, printSchema(lexicographicSortSchema(schema)), 1);
      expect(sorted.changes.filter(({ code }) => code !== 'ARGS_REORDERED')).toEqual([]);
    }),
    RUNS,
  );
});

const KINDS: readonly (readonly [name: string, severity: string, bump: string, mutation: Mutation])[] = [
  ...Object.entries(BREAKING).map(([name, mutation]) => [name, 'BREAKING', 'MAJOR', mutation] as const),
  ...Object.entries(DANGEROUS).map(([name, mutation]) => [name, 'DANGEROUS', 'MINOR', mutation] as const),
  ...Object.entries(SAFE).map(([name, mutation]) => [name, 'SAFE', 'MINOR', mutation] as const),
];

test.each(KINDS)(
  'to %s is %s, also when all else is printed in another order',
  (_name, severity, bump, mutate) => {
    fc.assert(
      fc.property(model, fc.nat(), printing, (before, pick, how) => {
        const mutated = mutate(before, pick);
        fc.pre(mutated !== null);
        const { code, path } = mutated;
        const [a, b, reordered] = [
          printModel(before),
          printModel(mutated.model),
          printModel(mutated.model, how),
        ];
        assertInterface(b);
        const report = compareInterfaces(a, b, 1);
        expect(report).toMatchObject({ severity, requiredBump: bump });
        expect(report.changes).toContainEqual({ severity, code, path, message: expect.any(String) });
        expect(compareInterfaces(a, reordered, 1)).toEqual(report);
      }),
      RUNS_OF_KIND,
    );
  },
);

/** What no other change of the tables can undo. */
const BESIDE = [
  SAFE['add a function'],
  SAFE['add a type'],
  SAFE['add an output field'],
  DANGEROUS['add an enum value'],
];

test('a breaking change stays one among others', () => {
  const breaking = fc.constantFrom(...Object.entries(BREAKING));
  fc.assert(
    fc.property(model, breaking, fc.nat(), printing, (before, [, mutate], pick, how) => {
      const mutated = mutate(before, pick);
      fc.pre(mutated !== null);
      const after = BESIDE.reduce((of, beside) => beside?.(of, pick)?.model ?? of, mutated.model);
      const sdl = printModel(after, how);
      assertInterface(sdl);
      const { severity, changes } = compareInterfaces(printModel(before), sdl, 1);
      expect(severity).toBe('BREAKING');
      expect(changes.map(({ code, path }) => `${code} ${path}`)).toContain(`${mutated.code} ${mutated.path}`);
    }),
    RUNS,
  );
});

test('any two interfaces compare, and none at all; their reports are in order and combine in any', () => {
  const anyInterface = fc.oneof(
    { weight: 9, arbitrary: model },
    { weight: 1, arbitrary: fc.constant<Model | null>(null) },
  );
  fc.assert(
    fc.property(fc.array(anyInterface, { minLength: 2, maxLength: 4 }), anyMajor, (models, major) => {
      const [last = null, ...before] = models.map((each) => (each === null ? null : printModel(each, PLAIN)));
      const reports = before.map((sdl) => compareInterfaces(sdl, last, major));
      for (const { changes } of reports) {
        const paths = changes.map(({ severity, path, code, message }) => [severity, path, code, message]);
        expect(new Set(paths.map((each) => each.join('\n'))).size).toBe(paths.length);
        const rank = ['BREAKING', 'DANGEROUS', 'SAFE'];
        const ranks = changes.map(({ severity }) => rank.indexOf(severity));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        expect(changes.filter(({ path }) => !/^[A-Za-z]\w*(\.\w+(\(\w+:\))?)?$/.test(path))).toEqual([]);
      }
      const combined = combineReports(reports);
      expect(combineReports(reports.toReversed())).toEqual(combined);
      expect(combineReports([...reports, combined])).toEqual(combined);
      const inCombined = new Set(combined.changes.map((change) => JSON.stringify(change)));
      const all = reports.flatMap(({ changes }) => changes.map((change) => JSON.stringify(change)));
      expect(all.filter((change) => !inCombined.has(change))).toEqual([]);
    }),
    RUNS,
  );
});
