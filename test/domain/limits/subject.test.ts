import { limitSubject } from '../../../src/domain/limits/subject';
import { consumerSubject, keySubject, parseSubject } from '../../../src/domain/usage/subject';

const NOBODY = { keyId: null, consumerId: null, algorithmId: null };

describe('the subject of limits', () => {
  test.each([
    ['key:4', { ...NOBODY, keyId: 4 }],
    ['key:4', { ...NOBODY, keyId: 4, consumerId: 9 }],
    ['consumer:9', { ...NOBODY, consumerId: 9 }],
    ['consumer:9/algorithm:12', { ...NOBODY, consumerId: 9, algorithmId: 12 }],
    ['algorithm:12', { ...NOBODY, algorithmId: 12 }],
  ])('%s', (key, subject) => {
    expect(limitSubject(subject)).toBe(key);
  });

  test('is none without any part', () => {
    expect(() => limitSubject(NOBODY)).toThrow('limits are of a key, a consumer, or an algorithm');
  });

  test('is called as in the rollups: an owner that calls is no provider', () => {
    expect(limitSubject({ ...NOBODY, keyId: 4 })).toBe(keySubject(4));
    expect(limitSubject({ ...NOBODY, consumerId: 9 })).toBe(consumerSubject(9));
    expect(parseSubject(limitSubject({ ...NOBODY, consumerId: 9 }))).toEqual({ kind: 'consumer', id: 9 });
  });
});
