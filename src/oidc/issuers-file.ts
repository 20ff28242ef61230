import { readFile } from 'node:fs/promises';

import { parse, YAMLError } from 'yaml';
import { z } from 'zod';

import { nameFault } from '../domain/name';
import { type Role, ROLES } from '../domain/principal';

/** Where a claim is: its name, or the names of the objects that it is in and its own. */
export type ClaimPath = readonly string[];

/** How users sign in by tokens of an issuer. */
export interface SignInSettings {
  /** A token must be made out to one of them. */
  readonly audience: readonly string[];
  /** Whether somebody who is seen for the first time gets an account, or must have been linked to one. */
  readonly users: 'existing' | 'create';
  /** What the handle of an account that is made is taken from. It never finds an account. */
  readonly handle: { readonly claim: ClaimPath; readonly prefix: string };
  /** What narrows the roles of users in organisations; null: nothing does. */
  readonly organizations: OrganizationClaims | null;
  /** Whether who signed in so may make API keys, which outlive the token. */
  readonly apiKeys: boolean;
}

/** Which values of a claim stand for which role in which organisation. */
export interface OrganizationClaims {
  readonly claim: ClaimPath;
  readonly map: readonly {
    readonly value: string;
    /** A handle, in lower case. */
    readonly organization: string;
    readonly role: Role;
  }[];
}

/** How pipelines publish by tokens of an issuer. */
export interface PublishingSettings {
  readonly audience: readonly string[];
  /** The claims that say what a trusted publisher is asked for. */
  readonly claims: {
    readonly repository: ClaimPath;
    readonly workflow: ClaimPath;
    readonly environment: ClaimPath;
  };
}

/** An issuer of tokens that the operator trusts. */
export interface IssuerSettings {
  /** As `iss` has it, to the letter. */
  readonly url: string;
  readonly algorithms: readonly string[];
  /** How far its clock may be from ours. */
  readonly leewaySeconds: number;
  readonly signIn: SignInSettings | null;
  readonly publishing: PublishingSettings | null;
}

/** The file cannot be read, or is not what it must be. */
export class IssuersFileError extends Error {
  override readonly name = 'IssuersFileError';

  /** @param problems one line each */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Signatures by a pair of keys alone: a secret that we shared with an issuer would let us, and whoever reads it here,
 * make its tokens. Source: RFC 8725, 3.1 and 3.2.
 */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;
const DEFAULT_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
const DEFAULT_LEEWAY_SECONDS = 30;
const MAX_LEEWAY_SECONDS = 300;
const MAX_ISSUERS = 50;
const MAX_MAPPED = 1000;
/** All that a token leaves in them goes with every request to a subgraph elsewhere, in a header. */
const MAX_ORGANIZATIONS = 100;

const claim = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(5)])
  .transform((path): ClaimPath => (typeof path === 'string' ? [path] : path));

const audience = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)])
  .transform((names): readonly string[] => (typeof names === 'string' ? [names] : names));

const handlePrefix = z.string().superRefine((prefix, context) => {
  if (prefix !== '' && nameFault(prefix, 'handle') !== null) {
    context.addIssue({ code: 'custom', message: 'is not how a handle can begin' });
  }
});

const organization = z.string().superRefine((handle, context) => {
  const fault = nameFault(handle, 'handle');
  if (fault !== null) {
    context.addIssue({ code: 'custom', message: `column ${fault.index + 1}: expected ${fault.expected}` });
  }
});

const signIn = z
  .strictObject({
    audience,
    users: z.enum(['existing', 'create']).default('existing'),
    handle: z
      .strictObject({ claim: claim.default(['preferred_username']), prefix: handlePrefix.default('') })
      .default({ claim: ['preferred_username'], prefix: '' }),
    organizations: z
      .strictObject({
        claim: claim.default(['groups']),
        map: z
          .array(
            z.strictObject({
              value: z.string().min(1),
              organization: organization.transform((handle) => handle.toLowerCase()),
              role: z.enum(ROLES),
            }),
          )
          .min(1)
          .max(MAX_MAPPED)
          .refine(
            (map) => new Set(map.map(({ organization: handle }) => handle)).size <= MAX_ORGANIZATIONS,
            `names more than ${MAX_ORGANIZATIONS} organisations`,
          ),
      })
      .optional()
      .transform((claims): OrganizationClaims | null => claims ?? null),
    apiKeys: z.boolean().default(false),
  })
  .superRefine(({ organizations, apiKeys }, context) => {
    if (organizations !== null && apiKeys) {
      context.addIssue({
        code: 'custom',
        path: ['apiKeys'],
        message: 'a key would not be narrowed as organizations narrows the token that makes it',
      });
    }
  });

const publishing = z.strictObject({
  audience,
  claims: z
    .strictObject({
      repository: claim.default(['repository']),
      workflow: claim.default(['workflow_ref']),
      environment: claim.default(['environment']),
    })
    .default({ repository: ['repository'], workflow: ['workflow_ref'], environment: ['environment'] }),
});

const issuer = z
  .strictObject({
    url: z.string().superRefine((url, context) => {
      const problem = whyNoIssuer(url);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    }),
    algorithms: z
      .array(z.enum(ALGORITHMS, { error: `is none of ${ALGORITHMS.join(', ')}` }))
      .min(1)
      .default([...DEFAULT_ALGORITHMS]),
    leewaySeconds: z.int().min(0).max(MAX_LEEWAY_SECONDS).default(DEFAULT_LEEWAY_SECONDS),
    signIn: signIn.optional().transform((settings): SignInSettings | null => settings ?? null),
    publishing: publishing.optional().transform((settings): PublishingSettings | null => settings ?? null),
  })
  .superRefine((settings, context) => {
    const problem = whyNotUsable(settings);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

const file = z
  .strictObject({ issuers: z.array(issuer).min(1).max(MAX_ISSUERS) })
  .superRefine(({ issuers }, context) => {
    const urls = issuers.map(({ url }) => url);
    for (const url of new Set(urls.filter((each, at) => urls.indexOf(each) < at))) {
      context.addIssue({ code: 'custom', message: `${url} is there twice` });
    }
  });

/**
 * Reads the file that `ALGOGATE_ISSUERS` names.
 * @throws IssuersFileError with all that is wrong with it
 */
export async function readIssuersFile(path: string): Promise<readonly IssuerSettings[]> {
  const parsed = file.safeParse(await readYaml(path));
  if (parsed.success) return parsed.data.issuers;
  throw new IssuersFileError(
    parsed.error.issues.map(
      ({ path: at, message }) => `${at.length === 0 ? '' : `${at.join('.')}: `}${message}`,
    ),
  );
}

/**
 * Why this cannot be an issuer; null where it can. What it signs by is read from there: over a network in clear text
 * anybody on the way could put a key of their own into it.
 */
export function whyNoIssuer(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isTrustworthy(url)) return 'is no URL of https (of http, on this machine alone)';
  if (url.username !== '' || url.password !== '') return 'carries a credential';
  return url.search === '' && url.hash === '' ? null : 'has a query or a fragment';
}

/** Https, or a server on this machine. */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

function whyNotUsable({
  signIn: users,
  publishing: pipelines,
}: Pick<IssuerSettings, 'signIn' | 'publishing'>) {
  if (users === null && pipelines === null) return 'it has neither signIn nor publishing';
  const shared = users?.audience.find((name) => pipelines?.audience.includes(name) === true);
  // a token that a pipeline gets for publishing would sign in, and the reverse
  return shared === undefined ? null : `the audience "${shared}" is that of signIn and of publishing`;
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof YAMLError)
      throw new IssuersFileError([`is no YAML: ${error.message.split('\n', 1)[0]}`]);
    throw new IssuersFileError([`cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`]);
  }
}
