import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import { assertMayDecide, type PublicationFacts } from '../../../src/domain/release/approver';
import { refusalOf } from './support';

const key = { id: 1, prefix: 'agk_1', scopes: [] };
const user = (id: number, withKey = false): Principal => ({
  kind: 'user',
  owner: { id, handle: `user${id}` },
  roles: new Map([[9, 'ADMIN']]),
  key: withKey ? key : null,
});
const organization: Principal = { kind: 'organization', owner: { id: 9, handle: 'acme' }, key };

const IN_PERSON = 'a release is approved or rejected by a user, in person';
const PUBLISHER = 'who published a release neither approves nor rejects it';
const KEY_MAKER = 'who made the key that published a release neither approves nor rejects it';

const TABLE: readonly (readonly [
  who: string,
  principal: Principal,
  facts: PublicationFacts,
  refused: string | null,
])[] = [
  ['another user', user(2), { publishedBy: 1, keyCreator: null }, null],
  ['another user, by a key', user(2, true), { publishedBy: 1, keyCreator: 1 }, null],
  ['a user, of what an organisation published', user(2), { publishedBy: 9, keyCreator: 1 }, null],
  ['a user, of what the operator published', user(2), { publishedBy: null, keyCreator: null }, null],
  ['its publisher', user(1), { publishedBy: 1, keyCreator: null }, PUBLISHER],
  ['its publisher, by another key', user(1, true), { publishedBy: 1, keyCreator: 1 }, PUBLISHER],
  ['the maker of the key', user(1), { publishedBy: 9, keyCreator: 1 }, KEY_MAKER],
  ['the organisation', organization, { publishedBy: 1, keyCreator: 1 }, IN_PERSON],
  ['the operator', OPERATOR, { publishedBy: 1, keyCreator: 1 }, IN_PERSON],
  ['nobody', ANONYMOUS, { publishedBy: null, keyCreator: null }, IN_PERSON],
];
test.each(TABLE)('%s decides, or is told why not', (_who, principal, facts, refused) => {
  const asked = () => assertMayDecide(principal, facts);
  if (refused === null) expect(asked).not.toThrow();
  else expect(refusalOf(asked)).toEqual({ code: 'FORBIDDEN', message: refused });
});
