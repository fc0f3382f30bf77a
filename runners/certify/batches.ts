import type { Finding } from "./finding.ts";
import { isRefused, type Observed } from "./observe.ts";
import { probes } from "./probes.ts";
import { distance, type Vector } from "./vectors.ts";

/** Compares what a server gives for texts in a batch with what it gives for them alone, and for the same text twice. */
export function judgeBatches({ alone, again, batches }: Observed, bound: number): Finding[] {
  const known = alone.flatMap((vector, place) => (isRefused(vector) ? [] : [{ place, vector }]));
  const repeats = again.flatMap((vector, place) => {
    const first = alone[place];
    return isRefused(vector) || isRefused(first) ? [] : [distance(vector, first)];
  });
  const chance = Math.max(0, ...repeats);
  if (chance > bound) {
    const told = `the same text has another vector each time, ${farText(chance)} apart`;
    return [{ cause: "chance", told, harmful: true }];
  }
  const rows = batches.flatMap(({ places, vectors }) =>
    isRefused(vectors)
      ? []
      : vectors.flatMap((vector, i) => {
          const own = alone[places[i]];
          if (isRefused(own)) return [];
          return [{ place: places[i], vector, far: distance(vector, own), others: places }];
        }),
  );
  const wrong = rows.filter(({ far }) => far > bound);
  if (wrong.length === 0) return [];
  const isOther = ({ vector, place, far, others }: (typeof rows)[number]): boolean =>
    known.some((one) => one.place !== place && others.includes(one.place) && isNearer(one.vector, vector, far, bound));
  const mixed = wrong.filter(isOther);
  if (mixed.length > wrong.length / 2) {
    const told = `in a request of several texts, ${mixed.length} of ${rows.length} texts got the vector of another one`;
    return [{ cause: "order", told, harmful: true }];
  }
  const most = wrong.reduce((a, b) => (b.far > a.far ? b : a));
  const told =
    `${wrong.length} of ${rows.length} texts have another vector beside others in a request than alone, up to ` +
    `${farText(most.far)} apart (a text of ${probes[most.place].text.split(" ").length} words)`;
  return [{ cause: "batch", told, harmful: true }];
}

const isNearer = (other: Vector, vector: Vector, far: number, bound: number): boolean => {
  const toOther = distance(other, vector);
  return toOther <= bound && toOther < far / 4;
};

/** Writes a distance for people. */
export const farText = (far: number): string => (far < 0.001 ? far.toExponential(1) : far.toFixed(4));
