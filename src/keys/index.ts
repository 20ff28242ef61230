export { masterKeyFile } from './master-key';
export { SharedKeys } from './shared-keys';
export { type KeySet, type PublicKey, SIGNING_ALGORITHM, SigningKeys } from './signing-keys';
