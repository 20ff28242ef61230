const { existsSync } = require('node:fs');
const { connect } = require('node:net');
const { delimiter, join } = require('node:path');

const { startMariadbOfRun } = require('./builders/mariadb-of-run');

const USUAL = 'mysql://root@127.0.0.1:3306';

/** Finds out once which servers there are; the tests on one that is missing are left out, in one line. */
module.exports = async function globalSetup({ nonFlagArgs }) {
  const url = await mysqlFor(nonFlagArgs.length === 0);
  process.env.ALGOGATE_TEST_MYSQL_URL = url;
  if (await answers(url)) process.env.ALGOGATE_TEST_MYSQL_FOUND = '1';
  else process.stdout.write(`\nNo MySQL or MariaDB at ${new URL(url).host}: the tests on it are left out.\n`);
  for (const program of ['mariadbd', 'redis-server']) {
    if (!isInstalled(program))
      process.stdout.write(`\nNo ${program} here: tests that start one are left out.\n`);
  }
};

/**
 * A server that was named is the one. A run of everything has one of its own, in memory, where one is installed: the
 * tests make hundreds of databases, and a disk takes a second to make each. A few files take the one that is there.
 */
async function mysqlFor(isWholeRun) {
  const named = process.env.ALGOGATE_TEST_MYSQL_URL;
  if (named !== undefined) return named;
  if (!isWholeRun && (await answers(USUAL))) return USUAL;
  return (await startMariadbOfRun()) ?? USUAL;
}

function isInstalled(program) {
  const folders = `${process.env.PATH ?? ''}${delimiter}/usr/sbin`.split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function answers(url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 3306), timeout: 1000 });
    const settle = (found) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
