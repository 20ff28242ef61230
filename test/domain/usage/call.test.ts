import { callerIdOf, isError, OPERATOR_CALLER, OUTCOMES } from '../../../src/domain/usage/call';
import { OPERATOR, principalId, type UserPrincipal } from '../../../src/domain/principal';

test('every outcome but OK is an error', () => {
  expect(OUTCOMES.filter(isError)).toEqual([
    'ALGORITHM_ERROR',
    'TIMEOUT',
    'BACKEND_UNAVAILABLE',
    'CLIENT_CLOSED',
  ]);
});

test('a caller is found in what a record says of its principal', () => {
  const user: UserPrincipal = { kind: 'user', owner: { id: 12, handle: 'ann' }, roles: new Map(), key: null };
  expect(callerIdOf(principalId(user))).toBe(12);
  expect(callerIdOf(principalId(OPERATOR))).toBeNull();
  expect(OPERATOR_CALLER).toBe(0);
});
