import { grantOf, keyOf, type Rights } from '../../domain/permissions';
import type { OwnerId, Principal, Scope } from '../../domain/principal';
import type { AlgorithmView } from '../../resolution';

/** What of the catalogue a principal sees, as the store can ask for it in one query. Source: chapter 2. */
export type AlgorithmLens =
  | { readonly everything: true }
  | {
      readonly everything: false;
      /** Owners whose private algorithms it sees. */
      readonly memberOf: readonly OwnerId[];
      /** Itself and its organisations: what is granted to one of these, it sees. */
      readonly grantees: readonly OwnerId[];
      /** To which owners and algorithms its key narrows what is private; null: to none in particular. */
      readonly scopes: readonly { readonly ownerKey: string; readonly nameKey: string | null }[] | null;
    };

export function algorithmLens(principal: Principal): AlgorithmLens {
  switch (principal.kind) {
    case 'operator':
      return { everything: true };
    case 'anonymous':
      return { everything: false, memberOf: [], grantees: [], scopes: null };
    case 'organization':
    case 'user': {
      const roles = principal.kind === 'user' ? [...principal.roles.keys()] : [];
      const owners = [principal.owner.id, ...roles];
      return {
        everything: false,
        memberOf: owners,
        grantees: owners,
        scopes: readScopes(keyOf(principal)?.scopes),
      };
    }
  }
}

/** `call` alone lists nothing. */
function readScopes(scopes: readonly Scope[] = []) {
  if (scopes.length === 0) return null;
  const reading = scopes.filter(({ action }) => action !== 'call');
  if (reading.some(({ owner }) => owner === null)) return null;
  return reading.map(({ owner, algorithm }) => ({ ownerKey: owner ?? '', nameKey: algorithm }));
}

/** Which versions of one algorithm a principal sees beside the public ones: all, or those of some majors. */
export type VersionLens =
  { readonly everything: true } | { readonly everything: false; readonly majors: readonly number[] };

export function versionLens(principal: Principal, rights: Rights, { standing }: AlgorithmView): VersionLens {
  if (!rights.read) return { everything: false, majors: [] };
  if (rights.role !== null) return { everything: true };
  const granted = [...standing.grants].filter(([, grants]) => grantOf(principal, grants) !== null);
  return { everything: false, majors: granted.map(([major]) => major) };
}
