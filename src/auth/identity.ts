import { hash } from 'node:crypto';

/**
 * What finds the user of a subject of an issuer: SHA-256 in lower-case hex of both together. A subject means something
 * at its own issuer alone, so that neither names anybody without the other (OpenID Connect Core 1.0, 5.7).
 */
export function identityOf(issuer: string, subject: string): string {
  return hash('sha256', JSON.stringify([issuer, subject]), 'hex');
}
