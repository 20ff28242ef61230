import { PNG } from 'pngjs';

import { fromBytes, inputError, type Versions } from '../algorithm';

const CHANNELS = ['red', 'green', 'blue', 'alpha'] as const;
type Channel = (typeof CHANNELS)[number];

/** A small file can claim to hold a huge image; this much is decoded, and no more. */
const MAX_PIXELS = 16_000_000;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface ChannelStatistics {
  /** How many pixels have each value from 0 to 255. */
  readonly histogram: readonly number[];
  readonly mean: number;
}

export interface ImageHistogram {
  readonly width: number;
  readonly height: number;
  readonly channels: Readonly<Record<Channel, ChannelStatistics>>;
}

/** Histogram and mean of each channel of a PNG, as 8 bits per channel whatever its depth. */
export function imageHistogram(bytes: Buffer): ImageHistogram {
  const { width, height, data } = decode(bytes);
  const statistics = (channel: Channel) => channelStatistics(data, CHANNELS.indexOf(channel));
  return {
    width,
    height,
    channels: {
      red: statistics('red'),
      green: statistics('green'),
      blue: statistics('blue'),
      alpha: statistics('alpha'),
    },
  };
}

export const VERSIONS: Versions = { '1.0.0': fromBytes(imageHistogram) };

function decode(bytes: Buffer): PNG {
  // The header of a PNG is its first chunk: width and height stand at bytes 16 and 20 (PNG, 11.2.1).
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(SIGNATURE)) throw inputError('expected a PNG image');
  const pixels = bytes.readUInt32BE(16) * bytes.readUInt32BE(20);
  if (pixels > MAX_PIXELS) throw inputError(`expected at most ${MAX_PIXELS} pixels, got ${pixels}`);
  try {
    return PNG.sync.read(bytes);
  } catch (error) {
    throw inputError(`the PNG is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function channelStatistics(data: Buffer, offset: number): ChannelStatistics {
  const histogram = new Array<number>(256).fill(0);
  let sum = 0;
  for (let index = offset; index < data.length; index += CHANNELS.length) {
    const value = data[index] ?? 0;
    histogram[value] = (histogram[value] ?? 0) + 1;
    sum += value;
  }
  return { histogram, mean: sum / (data.length / CHANNELS.length) };
}
