import { VERSIONS } from '../../examples/language-detection/language-detection';
import { json, run, text } from './run';

test.each([
  ['The endpoint names the same version for every caller.', 'en'],
  ['Guten Morgen, wie geht es dir heute?', 'de'],
  ['Bonjour, je voudrais un café et un croissant.', 'fr'],
  ['El algoritmo devuelve siempre la misma respuesta.', 'es'],
  ['これは日本語の文章です', 'ja'],
  ['Это предложение написано по-русски.', 'ru'],
])('%j is %s', (sentence, language) => {
  const answer = run(VERSIONS, '1.0.0', text(sentence)) as {
    language: string;
    candidates: { language: string; confidence: number }[];
  };
  expect(answer.language).toBe(language);
  expect(answer.candidates[0]?.language).toBe(language);
  const confidences = answer.candidates.map(({ confidence }) => confidence);
  expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
});

test('digits are of no language', () => {
  expect(run(VERSIONS, '1.0.0', text('12345'))).toEqual({ language: null, candidates: [] });
});

test.each([
  [text(' \n'), 'expected a text that is not empty'],
  [json('hello'), 'expected text/plain'],
])('%j is refused', (input, message) => {
  expect(run(VERSIONS, '1.0.0', input)).toEqual(['InputError', message]);
});
