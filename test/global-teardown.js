const { stopMariadbOfRun } = require('./builders/mariadb-of-run');

module.exports = stopMariadbOfRun;
