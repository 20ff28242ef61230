import { hash, randomBytes } from 'node:crypto';

/** `agk_` and 256 random bits in base64url. Its first characters are public and find it; the whole proves it. */
const PREFIX = 'agk_';
const SECRET_BYTES = 32;
const PUBLIC_LENGTH = PREFIX.length + 8;
const KEY = /^agk_[A-Za-z0-9_-]{43}$/;

/** A new key: shown once as `secret`; `prefix` and `hash` are what is stored. */
export function mintKey(): { secret: string; prefix: string; hash: string } {
  const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, prefix: keyPrefix(secret), hash: hashKey(secret) };
}

export function isKey(text: string): boolean {
  return KEY.test(text);
}

export function keyPrefix(secret: string): string {
  return secret.slice(0, PUBLIC_LENGTH);
}

/** SHA-256 in lower-case hex. A key has 256 bits of its own, so a slow hash would add nothing. */
export function hashKey(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** The bytes of the same, for comparing secrets of any length in constant time. */
export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
