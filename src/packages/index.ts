export { type Audience, audienceOf } from './audience';
export { type Deprecated, deprecated } from './deprecated';
export type { Sequences } from './document';
export { type PackageDocument, PackageDocuments } from './documents';
export type { Form } from './entry';
