/**
 * The documents that travel with a version, read and verified: pure functions of their text, which know neither the
 * registry nor its callers. Source: chapter 7, "What travels with a version".
 */
export { type Envelope, parseEnvelope, signersOf } from './dsse';
export { parseSbom, type Sbom, type SbomLicence } from './sbom';
export { parseOsvRecords } from './osv';
export { parsePublicKey, type PublicKey } from './public-key';
export { parseStatement, type Statement } from './statement';
