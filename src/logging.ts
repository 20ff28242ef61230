import pino, { type Logger } from 'pino';

import type { Config } from './config';

export type { Logger } from 'pino';

/** Structured logs on standard output. What could hold a credential or an input is never handed to them. */
export function createLogger(level: Config['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
