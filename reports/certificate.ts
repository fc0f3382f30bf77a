import { shown } from "../datasets/shown.ts";
import type { Certificate } from "../runners/certify/certificate.ts";
import { causes } from "../runners/certify/finding.ts";
import { shortRevision } from "./columns.ts";
import { signedPoints } from "./comparison/wording.ts";
import { fitTable, left, linesText, percent, right } from "./table.ts";

/** Writes a distance with two digits. */
const farText = (far: number): string => (far < 1e-9 ? "0" : far < 0.001 ? far.toExponential(1) : far.toFixed(4));

/** Writes what became of a server as lines of text. */
export function certificateText(certificate: Certificate): string {
  const {
    server,
    model,
    revision,
    precision,
    prompt,
    dims,
    right: isRight,
    findings,
    distances,
    calls,
    failed,
    cost,
  } = certificate;
  const harmful = findings.filter((one) => one.harmful);
  const harmless = findings.filter((one) => !one.harmful);
  const { lines } = fitTable(
    [left("texts"), right("number"), right("median distance"), right("greatest")],
    distances.map(({ kind, texts, median, most }) => [kind, String(texts), farText(median), farText(most)]),
    Number.POSITIVE_INFINITY,
  );
  const lost = failed.reduce((sum, { count }) => sum + count, 0);
  return linesText([
    isRight
      ? `right: ${server} gives the vectors of ${model}`
      : `wrong: ${server} does not give the vectors of ${model}`,
    ...harmful.flatMap(({ cause, told }) => [`  ✗ ${cause}: ${told}`, `      → ${causes[cause]}`]),
    ...harmless.map(({ cause, told }) => `  · ${cause}: ${told}`),
    ...(cost
      ? [
          `  ${cost.task}: ${percent(cost.model)} by the weights, ${percent(cost.server)} by the server, ${signedPoints(cost.server - cost.model)} points`,
        ]
      : []),
    "",
    `distance from the model's vectors, 1 less the cosine, over ${dims.server === dims.model ? `${dims.model} values` : `the first ${Math.min(dims.server, dims.model)} values`}:`,
    ...lines,
    "",
    `held against ${model} at ${shortRevision(revision)} in ${precision}${prompt === "" ? ", texts as they are" : `, the server to put "${shown(prompt)}" before each text`}; ${lost} of ${calls} calls failed`,
  ]);
}
