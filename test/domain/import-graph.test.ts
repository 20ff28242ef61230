import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve as resolvePath } from 'node:path';

const ROOT = resolvePath(__dirname, '../..');

interface Imports {
  /** Files of ours, from the root of the repository. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Everything that `entry` imports, directly or not, types included. */
function importsOf(entry: string, read: (file: string) => string = readSource): Imports {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const specifier of specifiersOf(read(file))) {
      if (specifier.startsWith('.'))
        visit(`${relative(ROOT, resolvePath(ROOT, dirname(file), specifier))}.ts`);
      else packages.add(specifier);
    }
  };
  visit(entry);
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function readSource(file: string): string {
  const path = resolvePath(ROOT, file);
  if (!existsSync(path)) throw new Error(`${file} is imported, and does not exist`);
  return readFileSync(path, 'utf8');
}

function specifiersOf(source: string): readonly string[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(pattern)].map(([, specifier]) => specifier ?? '');
}

const DOMAIN = (names: readonly string[]): string[] => names.map((name) => `src/domain/${name}.ts`);

test.each(['src/domain/resolve.ts', 'src/domain/trace.ts', 'src/domain/catalog.ts'])(
  '%s reaches nothing that knows a caller',
  (entry) => {
    const { files, packages } = importsOf(entry);
    const allowed = new Set(
      DOMAIN([
        ...[
          'build-index',
          'catalog',
          'chars',
          'compiled-range',
          'errors',
          'facts',
          'interval',
          'invalid-reference',
        ],
        ...[
          'name',
          'npm-range',
          'osgi',
          'public-catalog',
          'range',
          'reference',
          'resolve',
          'selector',
          'sorted',
        ],
        ...['terms', 'trace', 'version', 'version-key'],
      ]),
    );
    expect(files.filter((file) => !allowed.has(file))).toEqual([]);
    expect(packages).toEqual(['semver']);
  },
);

test('resolution is a few files of the domain, and the parser is among them', () => {
  const { files } = importsOf('src/domain/resolve.ts');
  expect(files).toEqual(
    expect.arrayContaining(DOMAIN(['catalog', 'public-catalog', 'reference', 'npm-range'])),
  );
  expect(files).not.toContain('src/domain/principal.ts');
  expect(files).not.toContain('src/domain/permissions.ts');
});

test('the walk follows every way to import', () => {
  const sources: Record<string, string> = {
    'src/a.ts': `import type { B } from './b';\nimport './side';\nexport {\n  c,\n} from "./c";`,
    'src/b.ts': `const lazy = () => import('./deep/d');`,
    'src/side.ts': `const required = require('node:fs');`,
    'src/c.ts': `import { x } from 'semver';`,
    'src/deep/d.ts': `import { a } from '../a';`,
  };
  expect(importsOf('src/a.ts', (file) => sources[file] ?? '')).toEqual({
    files: ['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/deep/d.ts', 'src/side.ts'],
    packages: ['node:fs', 'semver'],
  });
});
