import { createLocalJWKSet, type CryptoKey, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

import { fetchJson } from './fetch-json';
import { isTrustworthy } from './issuers-file';

/** How long keys are used before they are read anew: a key that an issuer withdraws is good for no longer. */
const FRESH_MS = 600_000;
/** How long they are used while the issuer does not answer. */
const STALE_MS = 3_600_000;
/** Between two looks: anybody can make up names of keys, and an issuer that is away is not asked for every token. */
const BETWEEN_LOOKS_MS = 5_000;

const DISCOVERY = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** The issuer does not answer, or what it answers names no keys: a later look may find them. */
export class IssuerAway extends Error {
  override readonly name = 'IssuerAway';
}

type Select = ReturnType<typeof createLocalJWKSet>;

/**
 * The keys of one issuer, found by discovery when the first token of it comes, and kept. Nothing that a token says
 * (`jku`, `x5u`, `jwk`) leads to a key: the issuer's URL is the operator's, and all else is found from there.
 * Source: OpenID Connect Discovery 1.0, 4; RFC 7517.
 */
export class IssuerKeys {
  private known: { readonly select: Select; readonly at: number } | null = null;
  private looking: Promise<void> | null = null;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private isFailing = false;

  /** @param now milliseconds of a clock that does not go back */
  constructor(
    private readonly issuer: string,
    private readonly onFault: (fault: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * The key that the header of a token names.
   * @throws IssuerAway; what jose throws where there is none
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.ageMs > FRESH_MS) await this.look();
    const select = this.ageMs > STALE_MS ? undefined : this.known?.select;
    if (select === undefined) throw new IssuerAway(this.issuer);
    try {
      return await select(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return this.findAnew(select, header, token);
    }
  };

  /** A key that is not known may be new. */
  private async findAnew(before: Select, ...asked: Parameters<Select>): Promise<CryptoKey> {
    await this.look();
    const select = this.known?.select;
    if (select !== undefined && select !== before) return select(...asked);
    if (this.isFailing) throw new IssuerAway(this.issuer);
    throw new errors.JWKSNoMatchingKey();
  }

  private get ageMs(): number {
    return this.known === null ? Number.POSITIVE_INFINITY : this.now() - this.known.at;
  }

  /** Whoever asks while somebody looks waits for what is found. */
  private async look(): Promise<void> {
    if (this.looking === null && this.now() - this.lookedAt < BETWEEN_LOOKS_MS) return;
    this.looking ??= this.read().finally(() => {
      this.looking = null;
    });
    await this.looking;
  }

  private async read(): Promise<void> {
    this.lookedAt = this.now();
    try {
      const { jwks_uri: at } = await this.discovered();
      const select = createLocalJWKSet((await fetchJson(at)) as JSONWebKeySet);
      this.known = { select, at: this.now() };
      this.isFailing = false;
    } catch (fault) {
      if (!this.isFailing) this.onFault(fault);
      this.isFailing = true;
    }
  }

  private async discovered(): Promise<{ jwks_uri: URL }> {
    const url = new URL(`${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const document = DISCOVERY.parse(await fetchJson(url));
    // one that speaks for others would be asked for their keys
    if (document.issuer !== this.issuer) throw new Error(`${url.href} is of the issuer ${document.issuer}`);
    const keys = new URL(document.jwks_uri);
    if (!isTrustworthy(keys)) throw new Error(`${url.href} names keys at ${keys.href}, which is not https`);
    if (keys.protocol === 'http:' && url.protocol === 'https:') {
      throw new Error(`${url.href} names keys on this machine`);
    }
    return { jwks_uri: keys };
  }
}
