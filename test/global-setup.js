const { existsSync } = require('node:fs');
const { connect } = require('node:net');
const { delimiter, join } = require('node:path');

/** Finds out once which servers there are; the tests on one that is missing are left out, in one line. */
module.exports = async function globalSetup() {
  const url = new URL(process.env.ALGOGATE_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306');
  const found = await answers(url.hostname, Number(url.port || 3306));
  if (found) process.env.ALGOGATE_TEST_MYSQL_FOUND = '1';
  else process.stdout.write(`\nNo MySQL or MariaDB at ${url.host}: the tests on it are left out.\n`);
  for (const program of ['mariadbd', 'redis-server']) {
    if (!isInstalled(program))
      process.stdout.write(`\nNo ${program} here: tests that start one are left out.\n`);
  }
};

function isInstalled(program) {
  const folders = `${process.env.PATH ?? ''}${delimiter}/usr/sbin`.split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function answers(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (found) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
