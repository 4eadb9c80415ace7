/** Slaney's mel scale: linear below 1 kHz, logarithmic above. Source: transformers audio_utils.py `mel_filter_bank`. */
import { bins as whisperBins } from './powerSpectrum';

/** One filter: weights of the bins from `first` on. */
export interface MelFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

const [highest, linearUpTo] = [8000, 1000];
const [hertzAMel, perMel] = [200 / 3, Math.log(6.4) / 27];

const melOf = (hertz: number): number =>
  hertz < linearUpTo ? hertz / hertzAMel : linearUpTo / hertzAMel + Math.log(hertz / linearUpTo) / perMel;
const hertzOf = (mel: number): number =>
  mel < linearUpTo / hertzAMel ? mel * hertzAMel : linearUpTo * Math.exp(perMel * (mel - linearUpTo / hertzAMel));

/** `count` triangles of equal area from 0 to 8 kHz, over a spectrum of `bins`. */
export function melFilters(count: number, bins: number = whisperBins): MelFilter[] {
  const edges = Array.from({ length: count + 2 }, (_, i) => hertzOf((melOf(highest) * i) / (count + 1)));
  return Array.from({ length: count }, (_, i) => {
    const [left, middle, right] = [edges[i]!, edges[i + 1]!, edges[i + 2]!];
    const weights = Float64Array.from({ length: bins }, (_, bin) => {
      const hertz = (bin * highest) / (bins - 1);
      const height = Math.min((hertz - left) / (middle - left), (right - hertz) / (right - middle));
      return (Math.max(0, height) * 2) / (right - left);
    });
    const first = Math.max(
      0,
      weights.findIndex((weight) => weight > 0),
    );
    const last = weights.findLastIndex((weight) => weight > 0);
    return { first, weights: weights.slice(first, Math.max(first, last) + 1) };
  });
}
