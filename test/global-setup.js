const { connect } = require('node:net');

/** Finds out once whether a MySQL answers; the tests on it are left out, in one line, where none does. */
module.exports = async function globalSetup() {
  const url = new URL(process.env.ALGOGATE_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306');
  const found = await answers(url.hostname, Number(url.port || 3306));
  if (found) process.env.ALGOGATE_TEST_MYSQL_FOUND = '1';
  else process.stdout.write(`\nNo MySQL or MariaDB at ${url.host}: the tests on it are left out.\n`);
};

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
