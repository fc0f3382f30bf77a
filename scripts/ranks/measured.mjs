/**
 * Made-up models with samples, whose true order is known: three tasks, one of nDCG@10, one of correlations, one of ten
 * experiments with accuracies. All scores rise with a model's strength, so that the mean over the tasks does.
 */
const fill = (count, value) => Float64Array.from({ length: count }, value);
const experiments = 10;

/** nDCG@10 with one relevant document, found the earlier the higher a number is. */
function gainOf(z) {
  const rank = Math.max(1, Math.ceil((0.3 - z) / 0.13 + 1));
  return rank > 10 ? 0 : 1 / Math.log2(rank + 1);
}

/** Draws samples of a task for all models, by their strengths. */
const drawTask = {
  ranked(units, strengths, { normal }) {
    const difficulty = fill(units, normal);
    return strengths.map((strength) => ({
      kind: "mean",
      values: difficulty.map((z) => gainOf(strength + Math.sqrt(0.7) * z + Math.sqrt(0.3) * normal())),
    }));
  },
  correlated(units, strengths, { normal }) {
    const gold = fill(units, normal);
    const common = fill(units, normal);
    return strengths.map((strength) => {
      const rho = 0.7 + 0.15 * Math.tanh(strength);
      const scores = gold.map((z, i) => rho * z + Math.sqrt((1 - rho * rho) / 2) * (common[i] + normal()));
      return { kind: "correlation", measure: "spearman", gold, scores: Float32Array.from(scores) };
    });
  },
  classified(units, strengths, { normal }) {
    const truth = new Int32Array(units);
    const rows = fill(units, () => Math.sqrt(0.5) * normal());
    const runs = Array.from({ length: experiments }, () => Math.sqrt(0.02) * normal());
    return strengths.map((strength) => {
      const own = rows.map((effect) => 0.7 + strength + effect + Math.sqrt(0.25) * normal());
      const predicted = runs.map((run) => {
        const shifted = run + Math.sqrt(0.01) * normal();
        return Int32Array.from(own, (effect) => (effect + shifted + Math.sqrt(0.22) * normal() > 0 ? 0 : 1));
      });
      return { kind: "labels", measure: "accuracy", truth, predicted };
    });
  },
};

/** Draws samples of each task, [tasks][models]. */
export const drawSamples = ({ models, units, strength }, chance) => {
  const strengths = Array.from({ length: models }, (_, i) => strength(i));
  return Object.values(drawTask).map((draw) => draw(units, strengths, chance));
};

/**
 * `strength` in standard deviations of a query's outcome; of equal models all places hold in 95 % of the draws, no more
 * (`exact`).
 */
export const measured = [
  { name: "all equal", models: 5, units: 50, strength: () => 0 },
  { name: "all equal", models: 5, units: 200, strength: () => 0, exact: true },
  { name: "all equal", models: 12, units: 100, strength: () => 0, exact: true },
  { name: "three equal, two far behind", models: 5, units: 200, strength: (i) => (i < 3 ? 0 : 1.5 - i) },
  { name: "near ties: steps of 0.05", models: 5, units: 200, strength: (i) => -0.05 * i },
  { name: "well separated: steps of 0.3", models: 5, units: 200, strength: (i) => -0.3 * i },
];
