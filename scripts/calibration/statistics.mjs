/** Small statistics of made-up samples, each written for speed: sorting is done once. */
const one = (units, score) => {
  const out = new Float64Array(1);
  const ones = new Int32Array(units).fill(1);
  return {
    units,
    experiments: 1,
    scores: (weights = ones) => {
      out[0] = score(weights);
      return out;
    },
  };
};

const many = (units, experiments, score) => {
  const out = new Float64Array(experiments);
  const ones = new Int32Array(units).fill(1);
  return {
    units,
    experiments,
    scores: (weights = ones) => {
      for (let e = 0; e < experiments; e++) out[e] = score(weights, e);
      return out;
    },
  };
};

export const meanOf = (values) =>
  one(values.length, (weights) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += weights[i] * values[i];
    return sum / values.length;
  });

function weightedPearson(x, y, weights) {
  let total = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    total += weights[i];
    sumX += weights[i] * x[i];
    sumY += weights[i] * y[i];
  }
  const meanX = sumX / total;
  const meanY = sumY / total;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    xx += weights[i] * dx * dx;
    yy += weights[i] * dy * dy;
    xy += weights[i] * dx * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

export const pearsonOf = (gold, scores) => one(gold.length, (weights) => weightedPearson(gold, scores, weights));

const ascending = (values) => Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);

/** Ranks units that count as often as their weights say; values differ, so only copies of one unit are tied. */
function ranks(out, order, weights) {
  let below = 0;
  for (const place of order) {
    out[place] = below + (weights[place] + 1) / 2;
    below += weights[place];
  }
}

export function spearmanOf(gold, scores) {
  const goldOrder = ascending(gold);
  const scoreOrder = ascending(scores);
  const goldRanks = new Float64Array(gold.length);
  const scoreRanks = new Float64Array(gold.length);
  return one(gold.length, (weights) => {
    ranks(goldRanks, goldOrder, weights);
    ranks(scoreRanks, scoreOrder, weights);
    return weightedPearson(goldRanks, scoreRanks, weights);
  });
}

export function averagePrecisionOf(labels, scores) {
  const order = ascending(scores).reverse();
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const statistic = one(labels.length, (weights) => {
    let rows = 0;
    let found = 0;
    let sum = 0;
    for (const place of order) {
      const weight = weights[place];
      rows += weight;
      if (labels[place] === 0 || weight === 0) continue;
      found += weight;
      sum += (weight * found) / rows;
    }
    return found === 0 ? Number.NaN : sum / found;
  });
  return { ...statistic, effectiveUnits: Math.min(positives, labels.length - positives) };
}

const place = 65_536;

/**
 * Takes `correct[e][row]`, 0 or 1, of fewer than 65,536 rows. Three experiments are counted in three parts of one
 * number, because the simulation spends most of its time here.
 */
export function accuracyOf(correct) {
  const units = correct[0].length;
  const packed = Array.from({ length: Math.ceil(correct.length / 3) }, (_, group) => {
    const [first, second, third] = correct.slice(3 * group, 3 * group + 3);
    return Float64Array.from(first, (right, i) => right + place * ((second?.[i] ?? 0) + place * (third?.[i] ?? 0)));
  });
  const ones = new Int32Array(units).fill(1);
  const out = new Float64Array(correct.length);
  return {
    units,
    experiments: correct.length,
    scores: (weights = ones) => {
      packed.forEach((row, group) => {
        let sum = 0;
        for (let i = 0; i < units; i++) sum += weights[i] * row[i];
        for (let e = 3 * group; e < Math.min(3 * group + 3, out.length); e++) {
          out[e] = (sum % place) / units;
          sum = Math.floor(sum / place);
        }
      });
      return out;
    },
  };
}

/** Table of x · ln x: the counts are whole numbers, and V-measure spends its time on logarithms. */
const xLogX = Float64Array.from({ length: 100_000 }, (_, x) => (x === 0 ? 0 : x * Math.log(x)));

/** Computes V-measure of `groups` classes and as many clusters; `cells[e][k]` is class · groups + cluster of `drawn[e][k]`. */
export function vMeasureOf(documents, drawn, cells, groups) {
  const counts = new Int32Array(groups * groups);
  return many(documents, drawn.length, (weights, e) => {
    counts.fill(0);
    const places = drawn[e];
    const cell = cells[e];
    for (let k = 0; k < places.length; k++) counts[cell[k]] += weights[places[k]];
    return vMeasure(counts, groups);
  });
}

function vMeasure(counts, groups) {
  let total = 0;
  let cellSum = 0;
  let classSum = 0;
  let clusterSum = 0;
  for (let i = 0; i < groups; i++) {
    let inClass = 0;
    let inCluster = 0;
    for (let j = 0; j < groups; j++) {
      inClass += counts[i * groups + j];
      inCluster += counts[j * groups + i];
      cellSum += xLogX[counts[i * groups + j]];
    }
    total += inClass;
    classSum += xLogX[inClass];
    clusterSum += xLogX[inCluster];
  }
  // V = 2 I / (H(classes) + H(clusters)), all times the total.
  const entropies = 2 * xLogX[total] - classSum - clusterSum;
  return (2 * (xLogX[total] + cellSum - classSum - clusterSum)) / entropies;
}
