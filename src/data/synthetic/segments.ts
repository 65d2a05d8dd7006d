import { ConfigError } from "../../errors.ts";
import { type Matrix, matrix, multiply } from "../../linalg/matrix.ts";
import { svd } from "../../linalg/svd.ts";
import type { Random } from "../../stats/random.ts";
import type { FeatureTable } from "../multi-task-data.ts";

/** Sizes of segment-wise stationary data; the defaults are those of Khemakhem et al. 2020. */
export interface SegmentDataOptions {
  /** Number of segments; 40. */
  readonly segments?: number;
  readonly rowsPerSegment?: number;
  /** d, which is also the number of features; 5. */
  readonly latentDim?: number;
  /** Linear maps of the mixing, leaky ReLU (slope .2) between them; 1 is a linear mixing. */
  readonly mixingLayers?: number;
  /**
   * How much of each latent enters the next, anew in every segment: z_j += c_j z_(j−1), c_j uniform on (−coupling, coupling); 0. Above 0 the
   * latents of a segment are dependent, as in Lu et al. 2021, and a prior that factorises is wrong.
   */
  readonly coupling?: number;
}

/** Features, the segment of every row, and the latents behind them. */
export interface SegmentData {
  /** x, rows × d. */
  readonly features: FeatureTable;
  /** 0 … segments − 1, one a row. */
  readonly segment: Int32Array;
  /** z, rows × d. */
  readonly latents: Matrix;
  /** Standard deviation of every latent in every segment, segments × d. */
  readonly modulation: Matrix;
}

/** What is generated where nothing is said. */
export const SEGMENT_DEFAULTS = {
  segments: 40,
  rowsPerSegment: 1000,
  latentDim: 5,
  mixingLayers: 1,
  coupling: 0,
} as const;
const SLOPE = 0.2;
const [LEAST, MOST] = [0.5, 3];
/** Draws of which a mixing must be among the best-conditioned quarter. */
const DRAWS = 400;

/**
 * Independent Gaussian latents whose standard deviations change from segment to segment, uniform on (.5, 3), mixed by an
 * invertible network: the data on which time-contrastive learning and iVAE were introduced (Hyvärinen and Morioka
 * 2016; Khemakhem et al. 2020, section 5.1). The variances are all that tells the latents apart.
 * @throws ConfigError for a size that is not a whole number of at least 1
 */
export function segmentData(options: SegmentDataOptions, random: Random): SegmentData {
  const { coupling = SEGMENT_DEFAULTS.coupling, ...sizes } = { ...SEGMENT_DEFAULTS, ...options };
  if (!(coupling >= 0)) throw new ConfigError(`coupling must not be below 0, got ${coupling}`);
  for (const [name, value] of Object.entries(sizes)) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new ConfigError(`${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  const { segments, rowsPerSegment, latentDim: d, mixingLayers } = sizes;
  const spread = random.split("modulation");
  const modulation = matrix(segments, d);
  for (let k = 0; k < modulation.data.length; k++) modulation.data[k] = spread.uniform(LEAST, MOST);

  const { normal } = random.split("latents");
  const latents = matrix(segments * rowsPerSegment, d);
  const segment = Int32Array.from({ length: latents.rows }, (_, row) => Math.floor(row / rowsPerSegment));
  for (let at = 0; at < latents.data.length; at++) {
    latents.data[at] = modulation.data[segment[Math.floor(at / d)] * d + (at % d)] * normal();
  }

  if (coupling > 0) coupleInto(segment, coupling, random.split("coupling"), latents);

  let x = latents;
  for (let layer = 0; layer < mixingLayers; layer++) {
    x = multiply(x, wellConditioned(d, random.split("mixing").split(layer)));
    if (layer < mixingLayers - 1)
      x = matrix(
        x.rows,
        d,
        x.data.map((v) => (v > 0 ? v : SLOPE * v)),
      );
  }
  return { features: { rows: x.rows, cols: d, data: Float32Array.from(x.data) }, segment, latents, modulation };
}

function coupleInto(segment: Int32Array, coupling: number, random: Random, { cols: d, data }: Matrix): void {
  const strengths = new Map<number, number[]>();
  segment.forEach((t, row) => {
    const own = strengths.get(t) ?? Array.from({ length: d }, () => random.uniform(-coupling, coupling));
    strengths.set(t, own);
    for (let j = 1; j < d; j++) data[row * d + j] += own[j] * data[row * d + j - 1];
  });
}

/** A d × d matrix, uniform entries, columns of length 1, with a condition number in the lowest quarter of many draws. */
function wellConditioned(d: number, random: Random): Matrix {
  const draws = Array.from({ length: DRAWS }, () => {
    const candidate = unitColumns(d, random);
    const { values } = svd(candidate);
    return { candidate, condition: values[0] / values[d - 1] };
  });
  const limit = draws.map(({ condition }) => condition).sort((a, b) => a - b)[DRAWS / 4];
  return (draws.find(({ condition }) => condition <= limit) as (typeof draws)[number]).candidate;
}

function unitColumns(d: number, random: Random): Matrix {
  const a = matrix(d, d);
  for (let k = 0; k < a.data.length; k++) a.data[k] = random.uniform(-1, 1);
  for (let j = 0; j < d; j++) {
    let squares = 0;
    for (let i = 0; i < d; i++) squares += a.data[i * d + j] ** 2;
    for (let i = 0; i < d; i++) a.data[i * d + j] /= Math.sqrt(squares);
  }
  return a;
}
