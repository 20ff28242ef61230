import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';

import { AlgogateError } from '../domain/errors';
import { IssuerAway, IssuerKeys } from './issuer-keys';
import type { IssuerSettings, PublishingSettings, SignInSettings } from './issuers-file';

/** Node takes no longer header; nor does a token by way of another route get further. */
const MAX_LENGTH = 16_384;
const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const MAX_SUBJECT = 255;
/** What a token may say that it is. What is signed for another purpose (a logout, an event) is no credential. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/** What tokens are good for. */
export type Use = 'signIn' | 'publishing';
type SettingsOf<U extends Use> = U extends 'signIn' ? SignInSettings : PublishingSettings;

/** A token of an issuer that the operator trusts, made out to us, for a use. */
export interface VerifiedToken<U extends Use> {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: JWTPayload;
  /** Epoch milliseconds; the leeway is in it. */
  readonly expiresAt: number;
  readonly settings: SettingsOf<U>;
}

export interface IssuersOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Told when an issuer begins not to answer, for the log. */
  readonly onFault?: (issuer: string, fault: unknown) => void;
  /** Told why a token of a known issuer is refused, for the log: its bearer is not told. */
  readonly onRefused?: (issuer: string, reason: string) => void;
}

/** Whether a credential is written as a JSON Web Token in compact form is. */
export function isJwt(text: string): boolean {
  return text.length <= MAX_LENGTH && JWT.test(text);
}

/** The issuers that the operator trusts. Source: RFC 7519; RFC 8725; chapter 7, "OIDC / JWT". */
export class Issuers {
  private readonly known: ReadonlyMap<
    string,
    { readonly settings: IssuerSettings; readonly keys: IssuerKeys }
  >;
  private readonly now: () => number;

  constructor(
    settings: readonly IssuerSettings[],
    private readonly options: IssuersOptions = {},
  ) {
    this.now = options.now ?? Date.now;
    this.known = new Map(
      settings.map((each) => {
        const onFault = (fault: unknown): void => options.onFault?.(each.url, fault);
        return [each.url, { settings: each, keys: new IssuerKeys(each.url, onFault) }];
      }),
    );
  }

  has(issuer: string, use: Use): boolean {
    return this.known.get(issuer)?.settings[use] != null;
  }

  /**
   * What a token says, where all of it holds. An issuer that is not known is not asked anything.
   * @throws AlgogateError UNAUTHENTICATED, not saying why; UNAVAILABLE where the issuer does not say by which keys it
   * signs
   */
  async verify<U extends Use>(token: string, use: U): Promise<VerifiedToken<U>> {
    const named = isJwt(token) ? this.known.get(issuerIn(token) ?? '') : undefined;
    const settings = named?.settings[use] as SettingsOf<U> | null | undefined;
    if (named === undefined || settings == null) throw refused();
    const { url, leewaySeconds } = named.settings;
    try {
      const claims = await this.claimsIn(token, named, settings.audience);
      const { sub: subject = '', exp = 0 } = claims;
      return { issuer: url, subject, claims, expiresAt: (exp + leewaySeconds) * 1000, settings };
    } catch (error) {
      if (error instanceof IssuerAway) {
        throw new AlgogateError('UNAVAILABLE', 'the issuer of the token does not answer');
      }
      this.options.onRefused?.(url, error instanceof Error ? error.message : String(error));
      throw refused();
    }
  }

  private async claimsIn(
    token: string,
    { settings, keys }: { readonly settings: IssuerSettings; readonly keys: IssuerKeys },
    audience: readonly string[],
  ): Promise<JWTPayload> {
    const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
      algorithms: [...settings.algorithms],
      issuer: settings.url,
      audience: [...audience],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: settings.leewaySeconds,
      currentDate: new Date(this.now()),
    });
    const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
    if (type !== undefined && !TYPES.has(type)) throw new Error(`typ is ${type}`);
    assertSubject(payload.sub);
    if (payload.iat !== undefined && payload.iat > this.now() / 1000 + settings.leewaySeconds) {
      throw new Error('iat is in the future');
    }
    return payload;
  }
}

/** Before anything of it is verified: only to know whose keys to look at. */
function issuerIn(token: string): string | null {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

/** OpenID Connect Core 1.0, 2: at most 255 characters. A half of a surrogate pair would be kept as something else. */
function assertSubject(subject: unknown): void {
  if (
    typeof subject === 'string' &&
    subject !== '' &&
    subject.length <= MAX_SUBJECT &&
    subject.isWellFormed()
  )
    return;
  throw new Error('sub is no subject');
}

function refused(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
}
