import type { ColumnOptions } from 'typeorm';

/** Milliseconds since 1970-01-01T00:00:00Z. A number on both databases, so that neither's time zone takes part. */
export const EPOCH_MS = { type: 'bigint' } as const satisfies ColumnOptions;
export const EPOCH_MS_OR_NULL = { type: 'bigint', nullable: true } as const satisfies ColumnOptions;

/** Lower-case hex of a SHA-256. */
export const SHA256_HEX = { type: 'varchar', length: 64 } as const satisfies ColumnOptions;

/** A text of at most 65,535 bytes, MySQL's bound for TEXT. */
export const TEXT_OR_NULL = { type: 'text', nullable: true } as const satisfies ColumnOptions;

/** Nothing that is named is ever deleted, and nothing cascades. */
export const RESTRICT = { onDelete: 'RESTRICT', onUpdate: 'RESTRICT' } as const;
