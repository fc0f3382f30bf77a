/**
 * Kinds of made-up pairs of checkpoints. Each draws base and candidate on shared units, `shift` apart, and knows the
 * true difference: that of the population, or for V-measure, which no sample estimates without bias, the expected
 * difference of the score itself.
 */
import { chance, normalBelow } from "./chance.mjs";
import { accuracyOf, averagePrecisionOf, meanOf, pearsonOf, spearmanOf, vMeasureOf } from "./statistics.mjs";

const fill = (count, value) => Float64Array.from({ length: count }, value);
const pairOf = (make, base, candidate) => ({ base: make(base), candidate: make(candidate) });

/**
 * Draws values as nDCG@10 has them with one relevant document: 1, 0.63, 0.5 … 0.29 or 0, by thresholds on a normal
 * variable; `shared` is the share of variance that the two models have in common, the difficulty of the query.
 */
function ranked({ shared, levels }) {
  const valueAt = (z) => levels.find(({ above }) => z > above)?.value ?? 0;
  const expected = (shift) => {
    let before = 0;
    return levels.reduce((sum, { above, value }) => {
      const reached = 1 - normalBelow(above - shift);
      const gain = (reached - before) * value;
      before = reached;
      return sum + gain;
    }, 0);
  };
  return {
    draw(units, shift, { normal }) {
      const difficulty = fill(units, normal);
      const values = (by) =>
        difficulty.map((z) => valueAt(by + Math.sqrt(shared) * z + Math.sqrt(1 - shared) * normal()));
      return pairOf(meanOf, values(0), values(shift));
    },
    truth: (_, shift) => expected(shift) - expected(0),
  };
}

const ndcgLevels = Array.from({ length: 10 }, (_, rank) => ({
  above: 0.3 - 0.13 * rank,
  value: 1 / Math.log2(rank + 2),
}));

/** Draws similarities that correlate by ρ with people's scores and share half of the rest with each other. */
function correlated(statistic, population) {
  const base = 0.75;
  return {
    draw(units, shift, { normal }) {
      const gold = fill(units, normal);
      const common = fill(units, normal);
      const scores = (rho) => gold.map((z, i) => rho * z + Math.sqrt((1 - rho * rho) / 2) * (common[i] + normal()));
      return pairOf((values) => statistic(gold, values), scores(base), scores(base + shift));
    },
    truth: (_, shift) => population(base + shift) - population(base),
  };
}

/** Three in ten pairs belong together; their similarities lie a distance above the others'. */
const pairs = {
  draw(units, shift, { normal, uniform }) {
    const labels = fill(units, () => (uniform() < 0.3 ? 1 : 0));
    const common = fill(units, normal);
    const scores = (distance) => labels.map((label, i) => distance * label + Math.SQRT1_2 * (common[i] + normal()));
    return pairOf((values) => averagePrecisionOf(labels, values), scores(1.5), scores(1.5 + shift));
  },
  truth: (_, shift) => populationPrecision(1.5 + shift) - populationPrecision(1.5),
};

/** Integrates precision over recall by the midpoint rule over thresholds. */
function populationPrecision(distance) {
  const steps = 4000;
  let sum = 0;
  let before = 0;
  for (let i = 1; i <= steps; i++) {
    const at = (step) => 9 - (18 * step) / steps;
    const recall = 1 - normalBelow(at(i) - distance);
    const middle = at(i - 0.5);
    const hits = 0.3 * (1 - normalBelow(middle - distance));
    sum += (recall - before) * (hits / (hits + 0.7 * (1 - normalBelow(middle))));
    before = recall;
  }
  return sum;
}

const experiments = 10;

/**
 * Draws right or wrong by a sum of normal effects, of which `shares` gives the variances: of the row, for both models
 * and for each; of the experiment, likewise; and of the row in the experiment, for each. They sum to 1.
 */
function classified({ row, ownRow, experiment, ownExperiment, cell }) {
  const level = 0.7;
  return {
    draw(units, shift, { normal }) {
      const rows = fill(units, () => Math.sqrt(row) * normal());
      const runs = fill(experiments, () => Math.sqrt(experiment) * normal());
      const correct = (by) => {
        const own = rows.map((effect) => level + by + effect + Math.sqrt(ownRow) * normal());
        return Array.from(runs, (run) => {
          const shifted = run + Math.sqrt(ownExperiment) * normal();
          return Uint8Array.from(own, (effect) => (effect + shifted + Math.sqrt(cell) * normal() > 0 ? 1 : 0));
        });
      };
      return pairOf(accuracyOf, correct(0), correct(shift));
    },
    truth: (_, shift) => normalBelow(level + shift) - normalBelow(level),
  };
}

/**
 * There are five classes; each experiment draws a quarter as many documents as there are, with replacement, and puts
 * each into its class's cluster or, where its effects say so, into its own second one.
 */
const clustered = {
  draw(units, shift, { normal, below }) {
    const groups = 5;
    const truth = Int32Array.from({ length: units }, () => below(groups));
    const second = truth.map((group) => (group + 1 + below(groups - 1)) % groups);
    const documents = fill(units, () => Math.sqrt(0.4) * normal());
    const drawn = Array.from({ length: experiments }, () => Int32Array.from({ length: units / 4 }, () => below(units)));
    const runs = fill(experiments, () => Math.sqrt(0.05) * normal());
    const cells = (by) => {
      const own = documents.map((effect) => 0.8 + by + effect + Math.sqrt(0.25) * normal());
      return drawn.map((places, e) => {
        const shifted = runs[e] + Math.sqrt(0.05) * normal();
        const found = truth.map(
          (group, i) => group * groups + (own[i] + shifted + Math.sqrt(0.25) * normal() > 0 ? group : second[i]),
        );
        return places.map((place) => found[place]);
      });
    };
    return pairOf((of) => vMeasureOf(units, drawn, of, groups), cells(0), cells(shift));
  },
  truth(units, shift) {
    if (shift === 0) return 0;
    const random = chance(units);
    const repeats = 10_000;
    let sum = 0;
    for (let i = 0; i < repeats; i++) {
      const { base, candidate } = clustered.draw(units, shift, random);
      const scores = base.scores();
      candidate.scores().forEach((score, e) => {
        sum += (score - scores[e]) / experiments;
      });
    }
    return sum / repeats;
  },
};

/**
 * `cautious` lists the sizes at which the intervals are known to be wider than necessary;
 * docs/measurements/calibration.md says why.
 */
export const kinds = [
  { name: "mean of nDCG@10", sizes: [50, 300], shift: 0.25, ...ranked({ shared: 0.7, levels: ndcgLevels }) },
  {
    name: "mean of hits, few differ",
    sizes: [50, 300],
    shift: 0.1,
    ...ranked({ shared: 0.95, levels: [{ above: -0.3, value: 1 }] }),
  },
  { name: "Pearson", sizes: [50, 300], shift: 0.05, ...correlated(pearsonOf, (rho) => rho) },
  {
    name: "Spearman",
    sizes: [50, 300],
    cautious: [50],
    shift: 0.05,
    ...correlated(spearmanOf, (rho) => (6 / Math.PI) * Math.asin(rho / 2)),
  },
  { name: "average precision", sizes: [50, 300], shift: 0.3, ...pairs },
  {
    name: "accuracy, rows matter most",
    sizes: [50, 300],
    shift: 0.15,
    ...classified({ row: 0.5, ownRow: 0.25, experiment: 0.02, ownExperiment: 0.01, cell: 0.22 }),
  },
  {
    name: "accuracy, experiments matter most",
    sizes: [50, 300],
    shift: 0.15,
    ...classified({ row: 0.4, ownRow: 0.05, experiment: 0.2, ownExperiment: 0.15, cell: 0.2 }),
  },
  {
    name: "accuracy, single cells matter most",
    sizes: [50, 300],
    cautious: [50, 300],
    shift: 0.1,
    ...classified({ row: 0.2, ownRow: 0.01, experiment: 0.005, ownExperiment: 0.001, cell: 0.784 }),
  },
  { name: "V-measure", sizes: [200, 600], shift: 0.15, ...clustered },
];
