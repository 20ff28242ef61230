// What `fork` hands on to a child by default, processes of a test have to hand on too: that they can read TypeScript.
const { join } = require('node:path');

const TYPESCRIPT = join(__dirname, 'calls/support/register.cjs');
if (!process.execArgv.includes(TYPESCRIPT)) process.execArgv.push('-r', TYPESCRIPT);
