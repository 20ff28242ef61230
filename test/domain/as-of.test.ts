import { asOfFrom, parseAsOf } from '../../src/domain/as-of';
import { errorOf } from './support';

const TIMES: readonly (readonly [text: string, time: string])[] = [
  ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
  ['2026-11-20t12:00:00z', '2026-11-20T12:00:00.000Z'],
  ['2026-11-20T12:00:00.5Z', '2026-11-20T12:00:00.500Z'],
  ['2026-11-20T12:00:00.123456789Z', '2026-11-20T12:00:00.123Z'],
  ['2026-11-20T12:00:00.9999Z', '2026-11-20T12:00:00.999Z'],
  ['2026-11-20T12:00:00+02:00', '2026-11-20T10:00:00.000Z'],
  ['2026-11-20T00:30:00.25-01:30', '2026-11-20T02:00:00.250Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
];

const NO_TIMES = [
  '',
  'now',
  '2026-11-20',
  '2026-11-20T12:00Z',
  '2026-11-20T12:00:00',
  '2026-11-20 12:00:00Z',
  '2026-11-20T12:00:00.Z',
  '2026-11-20T12:00:00+0200',
  '2026-11-20T24:00:00Z',
  '2026-11-20T12:60:00Z',
  '2026-11-20T12:00:60Z',
  '2026-02-29T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-00-01T12:00:00Z',
  '2026-11-00T12:00:00Z',
  '26-11-20T12:00:00Z',
  '2026-11-20T12:00:00Z ',
  '1763640000',
  '١٢٣٤-11-20T12:00:00Z',
];

test.each(TIMES)('%s is the time %s', (text, time) => {
  expect(parseAsOf(text)).toEqual({ kind: 'time', time: Date.parse(time) });
});

test.each(NO_TIMES)('%j is no moment', (text) => {
  expect(errorOf(() => parseAsOf(text))).toEqual({
    code: 'INVALID_INPUT',
    message: `${JSON.stringify(text)} is neither a time such as 2026-11-20T12:00:00Z nor a position such as owner@12`,
  });
});

test('what has an @ is a position, or several', () => {
  const acme = { handle: 'Acme', public: 12, private: 3 };
  expect(parseAsOf('Acme@12+3')).toEqual({ kind: 'position', positions: new Map([['acme', acme]]) });
  expect(errorOf(() => parseAsOf('2026-11-20T12:00:00Z@'))).toEqual({
    code: 'INVALID_INPUT',
    message: '"2026-11-20T12:00:00Z@" is not a position such as owner@12',
  });
});

describe('the input of the graph', () => {
  const time = new Date('2026-11-20T12:00:00Z');

  test.each([[{ time }], [{ time, position: null }]])('%j is a time', (input) => {
    expect(asOfFrom(input)).toEqual({ kind: 'time', time: time.getTime() });
  });

  test.each([[{ position: 'acme@1' }], [{ position: 'acme@1', time: null }]])('%j is a position', (input) => {
    const acme = { handle: 'acme', public: 1, private: null };
    expect(asOfFrom(input)).toEqual({ kind: 'position', positions: new Map([['acme', acme]]) });
  });

  test.each([[{}], [{ time: null, position: null }], [{ time, position: 'acme@1' }]])(
    '%j is neither',
    (input) => {
      expect(errorOf(() => asOfFrom(input))).toEqual({
        code: 'INVALID_INPUT',
        message: 'asOf is either a time or a position',
      });
    },
  );
});
