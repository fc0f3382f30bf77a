/**
 * Populations of units with the samples of two models, of which pairs of runs are drawn: each unit with replacement, and of
 * each drawn unit the candidate has one model's outcome with probability p and the base the other's. With p = ½ the two runs
 * are alike but for chance, whatever the score is made of.
 */
import { chance } from "../calibration/chance.mjs";

/** Weights of the two models in a mixture add up to this. */
const fine = 1000;

const at = (list, places) => list.constructor.from(places, (place) => list[place]);

/** Puts ranks, from 0 to 1, in place of similarities, so that those of two models can be mixed. */
function ranked(values) {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    let end = i;
    while (end + 1 < order.length && values[order[end + 1]] === values[order[i]]) end++;
    for (let j = i; j <= end; j++) ranks[order[j]] = (i + end) / 2 / order.length;
    i = end;
  }
  return ranks;
}

/** For each kind of samples how outcomes of units are taken from either of two models, `from` telling whose. */
const mixes = {
  mean: ([a, b], places, from) => ({
    kind: "mean",
    values: Float64Array.from(places, (place, u) => (from[u] === 0 ? a : b).values[place]),
  }),
  correlation: ([a, b], places, from) => ({
    ...a,
    gold: at(a.gold, places),
    scores: Float32Array.from(places, (place, u) => (from[u] === 0 ? a : b).scores[place]),
  }),
  pairs: ([a, b], places, from) => ({
    ...a,
    labels: at(a.labels, places),
    scores: { cosine: Float32Array.from(places, (place, u) => (from[u] === 0 ? a : b).scores.cosine[place]) },
  }),
  labels: ([a, b], places, from) => ({
    ...a,
    truth: at(a.truth, places),
    predicted: a.predicted.map((_, e) =>
      Int32Array.from(places, (place, u) => (from[u] === 0 ? a : b).predicted[e][place]),
    ),
  }),
};

/** Makes the similarities of a model's samples such that those of two can be mixed. */
function mixable(samples) {
  if (samples.kind === "correlation") return { ...samples, scores: ranked(samples.scores) };
  if (samples.kind === "pairs") {
    return { ...samples, scores: { cosine: ranked(samples.scores.cosine ?? Object.values(samples.scores)[0]) } };
  }
  return samples;
}

const unitsOf = (samples) => (samples.values ?? samples.gold ?? samples.labels ?? samples.truth).length;

/**
 * Makes a population of the samples of two models on the same units.
 * @param openStatistic of tasks/statistic.ts
 */
export function populationOf(name, first, second, openStatistic) {
  const both = [mixable(first), mixable(second)];
  const mix = mixes[first.kind];
  const size = unitsOf(first);
  const all = Int32Array.from({ length: size }, (_, place) => place);
  const twice = openStatistic(
    mix(
      both,
      Int32Array.from([...all, ...all]),
      Uint8Array.from({ length: 2 * size }, (_, u) => Number(u >= size)),
    ),
  );
  const mean = (scores) => scores.reduce((sum, one) => sum + one, 0) / scores.length;
  /** Score of the population of which a share of `share` in a thousand is the first model's. */
  const scoreAt = (share) => {
    const weights = Int32Array.from({ length: 2 * size }, (_, u) => (u < size ? share : fine - share));
    return mean(twice.scores(weights));
  };
  const truth = (share) => scoreAt(share) - scoreAt(fine - share);
  /** Finds the share at which the candidate's difference is as wanted; nothing where the two models lie nearer together. */
  const shareFor = (difference) => {
    const shares = Array.from({ length: fine + 1 }, (_, share) => share);
    const side = truth(fine) < 0 ? 1 : -1;
    let [low, high] = [0, fine / 2];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (truth(fine / 2 + side * middle) >= difference) low = middle;
      else high = middle - 1;
    }
    const share = shares[fine / 2 + side * low];
    return Math.abs(truth(share) - difference) < 1e-3 ? share : undefined;
  };
  const draw = (units, share, { below, uniform }) => {
    const places = Int32Array.from({ length: units }, () => below(size));
    const from = Uint8Array.from(places, () => Number(uniform() >= share / fine));
    const other = from.map((one) => 1 - one);
    return (most) => {
      const some = places.subarray(0, most);
      return [mix(both, some, other), mix(both, some, from)].map(openStatistic);
    };
  };
  /** Draws units for many runs; each call returns one, of which each unit is either model's by chance. */
  const drawAlike = (units, { below, uniform }) => {
    const places = Int32Array.from({ length: units }, () => below(size));
    return () => {
      const from = Uint8Array.from(places, () => Number(uniform() >= 0.5));
      return (most) => openStatistic(mix(both, places.subarray(0, most), from));
    };
  };
  return { name, size, truth, shareFor, draw, drawAlike };
}

/** Units of which few differ, and these by much: what an interval that trusts its sample would miss. */
export function rareChanges(openStatistic, share = 0.02) {
  const size = 5000;
  const rare = Math.round(size * share);
  const gain = (0.5 * rare) / (size - rare);
  const { normal } = chance(7);
  const base = Float64Array.from({ length: size }, () => Math.min(0.9, Math.max(0.5, 0.7 + 0.1 * normal())));
  const change = (u) => (u < rare ? -0.5 : gain);
  const mean = (values) => ({ kind: "mean", values });
  return {
    name: `made up: ${100 * share} % of the units lose 50 points, the others gain`,
    size,
    truth: () => 0,
    draw: (units, _, { below }) => {
      const places = Int32Array.from({ length: units }, () => below(size));
      return (most) => {
        const some = places.subarray(0, most);
        return [
          mean(Float64Array.from(some, (u) => base[u])),
          mean(Float64Array.from(some, (u) => base[u] + change(u))),
        ].map(openStatistic);
      };
    },
  };
}
