import fc from 'fast-check';
import { PNG } from 'pngjs';

import { imageHistogram, VERSIONS } from '../../examples/image-histogram/image-histogram';
import { binary, run, text } from './run';

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

function png(width: number, height: number, pixels: readonly Pixel[]): Buffer {
  const image = new PNG({ width, height });
  image.data = Buffer.from(pixels.flat());
  return PNG.sync.write(image);
}

/** A histogram of zeros but for these. */
function histogram(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 256 }, (_, value) => counts[value] ?? 0);
}

test('counts each channel of each pixel', () => {
  const image = png(2, 2, [
    [255, 0, 10, 255],
    [255, 0, 20, 255],
    [0, 0, 10, 128],
    [1, 0, 0, 255],
  ]);
  expect(run(VERSIONS, '1.0.0', binary(image))).toEqual({
    width: 2,
    height: 2,
    channels: {
      red: { histogram: histogram({ 0: 1, 1: 1, 255: 2 }), mean: 127.75 },
      green: { histogram: histogram({ 0: 4 }), mean: 0 },
      blue: { histogram: histogram({ 0: 1, 10: 2, 20: 1 }), mean: 10 },
      alpha: { histogram: histogram({ 128: 1, 255: 3 }), mean: 223.25 },
    },
  });
});

const SOUND = png(1, 1, [[1, 2, 3, 255]]);

test.each([
  ['no image', binary(Buffer.from('GIF89a, and nothing more')), 'expected a PNG image'],
  ['too short', binary(SOUND.subarray(0, 20)), 'expected a PNG image'],
  ['cut off', binary(SOUND.subarray(0, 45)), expect.stringMatching(/^the PNG is damaged: /)],
  ['a text', text('hello'), 'expected application/octet-stream'],
])('%s is refused', (_title, input, message) => {
  expect(run(VERSIONS, '1.0.0', input)).toEqual(['InputError', message]);
});

test('what claims to be huge is refused before it is decoded', () => {
  const bomb = Buffer.from(SOUND);
  bomb.writeUInt32BE(40_000, 16);
  bomb.writeUInt32BE(40_000, 20);
  const message = 'expected at most 16000000 pixels, got 1600000000';
  expect(run(VERSIONS, '1.0.0', binary(bomb))).toEqual(['InputError', message]);
});

test('every pixel is counted once in every channel', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const images = fc
    .record({ width: fc.integer({ min: 1, max: 8 }), height: fc.integer({ min: 1, max: 8 }) })
    .chain(({ width, height }) =>
      fc
        .array(fc.tuple(byte, byte, byte, byte), { minLength: width * height, maxLength: width * height })
        .map((pixels) => ({ width, height, pixels })),
    );
  fc.assert(
    fc.property(images, ({ width, height, pixels }) => {
      const { channels } = imageHistogram(png(width, height, pixels));
      for (const { histogram: counts, mean } of Object.values(channels)) {
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(width * height);
        const total = counts.reduce((sum, count, value) => sum + count * value, 0);
        expect(mean).toBeCloseTo(total / (width * height), 9);
      }
    }),
  );
});
