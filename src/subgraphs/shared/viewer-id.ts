import type { Principal } from '../../domain/principal';

/** An opaque id of whoever asks, the same whatever its key; null when anonymous. It is not the id of a node. */
export function viewerId(principal: Principal): string | null {
  switch (principal.kind) {
    case 'anonymous':
      return null;
    case 'operator':
      return 'operator';
    case 'user':
    case 'organization':
      return Buffer.from(`Viewer:${principal.owner.handle}`).toString('base64url');
  }
}
