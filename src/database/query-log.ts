import type { Logger } from 'typeorm';

/** Counts statements, and hands each to whoever listens: tests of batching, and the metrics. */
export class QueryLog implements Logger {
  count = 0;
  listener: ((sql: string, parameters: readonly unknown[]) => void) | null = null;

  logQuery(query: string, parameters: readonly unknown[] = []): void {
    this.count += 1;
    this.listener?.(query, parameters);
  }

  // Errors reach their caller as exceptions, and are logged once, at the edge.
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
