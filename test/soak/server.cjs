// A server that is loaded, and serves when it is told to: the first line of its standard input is its environment.
// With DIES_AT in it, it dies at a chosen moment of its journal, as `kill -9` would have it: `rm:2` is when it is about
// to delete a segment for the second time, whose records have just been committed; `readFile:1` is when it is about to
// read the first one, which a dead worker left.
const fs = require('node:fs');

/** @type {Record<string, number>} */
const left = {};
for (const operation of ['rm', 'readFile']) {
  const original = fs[operation];
  fs[operation] = (path, ...rest) => {
    if (String(path).endsWith('.ndjson')) {
      left[operation] -= 1;
      if (left[operation] === 0) process.kill(process.pid, 'SIGKILL');
    }
    return original(path, ...rest);
  };
}

require('../../src/app.ts'); // most of the time of a start

process.stdin.once('data', (line) => {
  const { DIES_AT = '', ...environment } = JSON.parse(String(line));
  const [operation, times] = DIES_AT.split(':');
  left[operation] = Number(times);
  Object.assign(process.env, environment);
  process.stdin.destroy();
  require('../../src/main.ts');
});
