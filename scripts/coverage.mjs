import { join } from "node:path";
import { parseArgs } from "node:util";
import { chance } from "./coverage/chance.mjs";
import { kinds } from "./coverage/kinds.mjs";
import { prepare, root } from "./prepare.mjs";

const { values: options } = parseArgs({
  options: {
    draws: { type: "string", default: "2000" },
    resamples: { type: "string", default: "1000" },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false },
  },
});
prepare();
const { compareSamples } = await import(join(root, "dist/tasks/resampling/compare-samples.js"));
const { combine, summarize } = await import(join(root, "dist/tasks/resampling/draws.js"));
const draws = Number(options.draws);
for (const kind of kinds.filter(({name}) => name.includes(options.only))) for (const units of kind.sizes.filter((n) => process.env.SIZES === undefined || n < 300)) for (const shift of [0, kind.shift]) {
  const start = performance.now();
  const truth = kind.truth(units, shift);
  const random = chance(units * 7 + (shift > 0));
  let cover = 0, low = 0, high = 0, none = 0, sig = 0, sig005 = 0, sd = 0, sd2 = 0, v = 0, df=0, wid = 0;
  for (let i = 0; i < draws; i++) {
    const d = await compareSamples([kind.draw(units, shift, random)], { resamples: Number(options.resamples), seed: i, name: kind.name });
    const { interval, pValue } = summarize(d);
    if (interval === undefined) { none++; continue; }
    if (interval[0] > truth) high++; else if (interval[1] < truth) low++; else cover++;
    if (pValue < 0.05) sig++;
    if (pValue < 0.005) sig005++;
    sd += d.difference; sd2 += d.difference**2; v += d.variance; df += Math.min(d.degreesOfFreedom, 1e4); wid += interval[1]-interval[0];
  }
  const m = sd / draws, s = Math.sqrt(sd2 / draws - m * m);
  console.log(kind.name, units, shift, "truth", truth.toFixed(4), "mean", m.toFixed(4), "sd", s.toFixed(4), "est", Math.sqrt(v / draws).toFixed(4), "df", (df/draws).toFixed(0), "cover", (100 * cover / draws).toFixed(2), "below", low, "above", high, "none", none, "sig", (100*sig/draws).toFixed(2), "sig005", (100*sig005/draws).toFixed(2), ((performance.now()-start)/1000).toFixed(0)+"s");
}
