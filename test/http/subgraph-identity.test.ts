import { ANONYMOUS, OPERATOR, type Principal } from '../../src/domain/principal';
import { identityOf } from '../../src/http/subgraph-identity';

/** Signs by counting. */
function counting() {
  let signed = 0;
  return {
    sign: (principal: Principal, requestId: string, audience: string): Promise<string> =>
      Promise.resolve(`${(signed += 1)} ${principal.kind} ${requestId} ${audience}`),
  };
}

test('a token is signed once for all that one request asks of one subgraph', async () => {
  const identity = identityOf(counting(), () => 0);
  const [one, other] = [
    { principal: OPERATOR, requestId: 'one' },
    { principal: ANONYMOUS, requestId: 'other' },
  ];
  const asked = [one, one, other, one, other].map((context, at) => identity(context, at === 3 ? 'b' : 'a'));
  expect(await Promise.all(asked)).toEqual([
    '1 operator one a',
    '1 operator one a',
    '2 anonymous other a',
    '3 operator one b',
    '2 anonymous other a',
  ]);
});

test('a request that goes on for half of what a token lives gets a new one', async () => {
  let now = 0;
  const identity = identityOf(counting(), () => now);
  const context = { principal: OPERATOR, requestId: 'one' };
  const tokens: string[] = [];
  for (now of [0, 29_999, 30_000, 59_999, 60_000]) tokens.push(await identity(context, 'a'));
  expect(tokens.map((token) => token.charAt(0))).toEqual(['1', '1', '2', '2', '3']);
});

test.each([undefined, null, {}, { principal: OPERATOR }])('nobody is named for the context %j', (context) => {
  expect(() => identityOf(counting())(context, 'a')).toThrow('a request to a subgraph has no principal');
});
