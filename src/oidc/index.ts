export { capsIn, claimAt, textAt } from './claims';
export { isJwt, Issuers, type VerifiedToken } from './issuers';
export {
  type IssuerSettings,
  IssuersFileError,
  type PublishingSettings,
  readIssuersFile,
  type SignInSettings,
} from './issuers-file';
