// Lets a child process of a test run TypeScript: jest's own transform ends at its process. What was made of a file is
// kept by its content, since tests start many such processes, each of some five hundred files.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const { version } = require('@swc/core/package.json');

const OPTIONS = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, useDefineForClassFields: false },
    target: 'es2023',
  },
  module: { type: 'commonjs' },
};
const KEPT = join(tmpdir(), `algogate-typescript-${process.getuid?.() ?? 'any'}`);
mkdirSync(KEPT, { recursive: true, mode: 0o700 });

require.extensions['.ts'] = (module, filename) => {
  module._compile(compiled(readFileSync(filename, 'utf8'), filename), filename);
};

function compiled(source, filename) {
  const name = createHash('sha256')
    .update(JSON.stringify([version, OPTIONS, source]))
    .digest('hex');
  const kept = join(KEPT, `${name}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    // only here: most processes find all that they need
    const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename });
    // another process may be writing the same: whole or not at all
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, kept);
    return code;
  }
}
