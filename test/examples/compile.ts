import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

export interface CompiledExamples {
  /** Holds `backends.js` and a folder for each example. */
  readonly folder: string;
  remove(): void;
}

/** Compiles `examples/` as the build does, type checks apart, so that its servers can be run as processes. */
export function compileExamples(): CompiledExamples {
  const base = mkdtempSync(join(tmpdir(), 'algogate-examples-'));
  symlinkSync(join(ROOT, 'node_modules'), join(base, 'node_modules'));
  const files = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const target = join(base, 'examples', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compile(join(ROOT, 'examples', file)));
  }
  return { folder: join(base, 'examples'), remove: () => rmSync(base, { recursive: true, force: true }) };
}

function compile(file: string): string {
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2023,
    esModuleInterop: true,
  };
  return ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions, fileName: file }).outputText;
}
