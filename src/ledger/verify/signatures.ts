import type { KeyObject } from 'node:crypto';

import { compactVerify } from 'jose';

import { type PublicKey, SIGNING_ALGORITHM } from '../../keys';

/** What a JWS says, or why it is not to be believed. */
export type Signed =
  { readonly type: string; readonly payload: unknown; readonly problem: null } | { readonly problem: string };

/** Checks signatures by the keys of ours, those included that sign no more. Source: RFC 7515, RFC 8725. */
export class Signatures {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly PublicKey[]) {
    this.keys = new Map(keys.map(({ kid, key }) => [kid, key]));
  }

  /** @param jws compact */
  async read(jws: string): Promise<Signed> {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, ({ kid }) => this.keyNamed(kid), {
        algorithms: [SIGNING_ALGORITHM],
      });
      const { typ } = protectedHeader;
      return { type: typ ?? '', payload: JSON.parse(Buffer.from(payload).toString()), problem: null };
    } catch (error) {
      return { problem: error instanceof UnknownKeyError ? error.message : 'its signature is not good' };
    }
  }

  private keyNamed(kid: string | undefined): KeyObject {
    const key = this.keys.get(kid ?? '');
    if (key === undefined) throw new UnknownKeyError('no key of ours signed it');
    return key;
  }
}

class UnknownKeyError extends Error {}
