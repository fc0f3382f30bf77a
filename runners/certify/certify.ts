import { InputError } from "../../datasets/errors.ts";
import { count } from "../../datasets/shown.ts";
import type { Encoder } from "../../models/encoder.ts";
import { median } from "../bench/figures.ts";
import { farText, judgeBatches } from "./batches.ts";
import type { Certificate, KindDistance } from "./certificate.ts";
import { type Explanation, explain, type Openings, type Plain } from "./explain.ts";
import { type Finding, rounding } from "./finding.ts";
import { isRefused, type Observed } from "./observe.ts";
import { type ProbeKind, probes } from "./probes.ts";
import { judgeLongTexts, judgeTexts, type LongTexts, probesOf } from "./texts.ts";
import { agreement, distances, lengthOf, rowsOf, type Vector } from "./vectors.ts";

/** What a server is held against. */
export interface Expected {
  readonly model: Encoder;
  /** The prompt that the server is to put before every text. */
  readonly prompt: string;
}

/** Ways to open the model otherwise than it is. */
export interface CertifyOpenings extends Openings {
  /** The model set to take texts beyond a limit of tokens; undefined where it takes none. */
  readonly openWider: (limit: number) => Promise<Encoder | undefined>;
}

/** Largest difference of a length from 1, or of two lengths as a share, that is rounding: int8 values make half of it. */
const lengthTolerance = 0.02;

/**
 * Holds the vectors of a server against those of a model, and names what is different.
 * @throws InputError where the server gave none of the plain texts a vector
 */
export async function certify(
  observed: Observed,
  expected: Expected,
  openings: CertifyOpenings,
  signal: AbortSignal,
): Promise<Pick<Certificate, "dims" | "right" | "findings" | "distances" | "calls" | "failed">> {
  const { model, prompt } = expected;
  const plain: Plain = probesOf("plain", observed);
  if (plain.vectors.length < 3) {
    const [failed] = observed.failed;
    throw new InputError(
      `certify: the server gave vectors of ${plain.vectors.length} plain texts, at least 3 are needed; ${failed?.example ?? "see its log"}`,
    );
  }
  const dims = { server: plain.vectors[0].length, model: model.info.dims };
  const findings: Finding[] = [];
  const explanation = await explain(model, prompt, plain, openings, signal);
  const bound = explanation.explained ? Math.max(rounding.fp32, 20 * explanation.most) : explanation.bound;
  if (explanation.explained) {
    if (explanation.finding) findings.push(explanation.finding);
    const explained = await explanation.embed(plain.texts);
    const values = explained[0].length;
    findings.push(...dimensionFindings({ server: dims.server, model: values }, plain.vectors));
    findings.push(...precisionFindings(explanation, plain.vectors));
    if (dims.server >= values) findings.push(...normFindings(expected, explained, plain.vectors));
    findings.push(...(await judgeTexts(observed, explanation.embed, bound)));
    const own: LongTexts = { embed: explanation.embed, counter: model };
    const openWider = async (): Promise<LongTexts | undefined> => {
      // Beside other settings than the model's own it would be one more model to open for what is wrong already.
      const wider = explanation.finding === undefined ? await openings.openWider(model.info.maxTokens) : undefined;
      if (wider === undefined) return undefined;
      const counter = openings.keep(wider);
      return { counter, embed: async (texts) => rowsOf(await counter.encode(texts, { prompt, signal })) };
    };
    findings.push(...(await judgeLongTexts(observed, own, openWider, bound)));
  } else {
    findings.push(await otherWeights(explanation, plain, dims));
  }
  findings.push(...judgeBatches(observed, bound));
  findings.push(...answerFindings(observed));
  const { calls, failed } = observed;
  const right = findings.every(({ harmful }) => !harmful);
  const own = async (texts: readonly string[]) => rowsOf(await model.encode(texts, { prompt, signal }));
  return { dims, right, findings, distances: await kindDistances(observed, own), calls, failed };
}

/** Tells vectors that are shorter or longer than the model's. */
function dimensionFindings({ server, model }: Certificate["dims"], vectors: readonly Vector[]): Finding[] {
  if (server === model) return [];
  if (server < model) {
    return [
      { cause: "dimensions", told: `vectors are cut to their first ${server} of ${model} values`, harmful: true },
    ];
  }
  const empty = vectors.every((vector) => vector.subarray(model).every((value) => value === 0));
  const told = `vectors have ${server} values where the model makes ${model}; ${empty ? "the others are 0" : "the others are something else"}`;
  return [{ cause: "dimensions", told, harmful: !empty }];
}

/** Tells how coarsely vectors are rounded, or computed. */
function precisionFindings({ most, apart }: Explanation, vectors: readonly Vector[]): Finding[] {
  const whole =
    vectors.every((vector) => vector.every(Number.isInteger)) && vectors[0].some((value) => Math.abs(value) > 1);
  const far = `${farText(apart)} apart in the middle, ${farText(most)} at most`;
  const told = whole
    ? `vectors are whole numbers, as int8 has them (${far})`
    : most <= rounding.fp32
      ? undefined
      : most <= rounding.fp16
        ? `vectors are rounded as by fp16 or TF32 (${far})`
        : most <= rounding.bf16
          ? `vectors are rounded as by bf16, or as values of int8 (${far}); hardly changed weights would look the same`
          : `vectors are those of int8 or another quantization, or of hardly changed weights (${far})`;
  return told === undefined ? [] : [{ cause: "precision", told, harmful: false }];
}

/** Tells vectors of other lengths than the model's, which matter unless directions alone are compared. */
function normFindings({ model }: Expected, own: readonly Vector[], vectors: readonly Vector[]): Finding[] {
  const [ours, theirs] = [own, vectors].map((list) => list.map(lengthOf));
  const isOne = (length: number): boolean => Math.abs(length - 1) <= lengthTolerance;
  const ratios = theirs.map((length, i) => length / ours[i]);
  const middle = median(ratios);
  if (ratios.every((ratio) => Math.abs(ratio - 1) <= lengthTolerance)) return [];
  const { similarity } = model.info;
  const harmful = similarity !== "cosine";
  const way = harmful
    ? `, and the model compares by ${similarity}`
    : "; compared by the cosine, as this model is, it changes nothing";
  const what = theirs.every(isOne)
    ? "vectors are normalized to length 1, and the model's are not"
    : ratios.every((ratio) => Math.abs(ratio / middle - 1) <= lengthTolerance)
      ? `vectors are ${middle.toPrecision(3)} times as long as the model's`
      : ours.every(isOne)
        ? `vectors are not normalized: their lengths are ${lengthsText(theirs)}, the model's are 1`
        : `vectors have other lengths than the model's, ${lengthsText(theirs)} in place of ${lengthsText(ours)}`;
  return [{ cause: "normalization", told: what + way, harmful }];
}

const lengthsText = (lengths: readonly number[]): string =>
  `${Math.min(...lengths).toPrecision(3)} to ${Math.max(...lengths).toPrecision(3)}`;

/** Median distance up to which vectors are still those of weights that were made from the same ones. */
const kin = 0.5;

/** Names what no setting of the model explains. */
async function otherWeights({ embed, apart }: Explanation, plain: Plain, dims: Certificate["dims"]): Promise<Finding> {
  const own = await embed(plain.texts);
  const alike = agreement(own, plain.vectors);
  const lengths = dims.server === dims.model ? "" : `vectors have ${dims.server} values, not ${dims.model}; `;
  const seen = `${farText(apart)} apart in the middle; which texts are near each other agrees by r = ${alike.toFixed(2)}`;
  return apart <= kin
    ? {
        cause: "weights",
        told: `${lengths}no setting explains the vectors, which still point the model's way (${seen}): another revision, fine-tuned weights, or a coarse quantization`,
        harmful: true,
      }
    : {
        cause: "model",
        told: `${lengths}the vectors are those of another model, or of another tokenizer (${seen})`,
        harmful: true,
      };
}

/** Tells which calls failed, and how blanks are taken. */
function answerFindings({ alone, batches, blank, calls, failed }: Observed): Finding[] {
  const refused = alone.flatMap((vector, place) =>
    isRefused(vector) && probes[place].kind !== "long" ? [{ place, failure: vector.failure }] : [],
  );
  const lost = batches.flatMap(({ vectors }) => (isRefused(vectors) ? [vectors.failure] : []));
  const total = failed.reduce((sum, one) => sum + one.count, 0);
  const findings: Finding[] = [];
  if (refused.length > 0) {
    const told = `${count(refused.length, "text")} got no vector, such as ${JSON.stringify(probes[refused[0].place].text)}: ${refused[0].failure}`;
    findings.push({ cause: "answers", told, harmful: true });
  }
  if (lost.length > 0) {
    const told = `${lost.length} of ${batches.length} requests of several texts got no vectors: ${lost[0]}`;
    findings.push({ cause: "answers", told, harmful: true });
  }
  if (isRefused(blank)) {
    findings.push({
      cause: "answers",
      told: `it refuses a text of blanks, which runs do not send: ${blank.failure}`,
      harmful: false,
    });
  }
  const blanks = isRefused(blank) ? 1 : 0;
  if (total > blanks) {
    const kinds = failed.map(({ kind, count: n }) => `${kind} (${n})`).join(", ");
    findings.push({ cause: "answers", told: `${total} of ${calls} calls failed: ${kinds}`, harmful: false });
  }
  return findings;
}

const kinds: readonly ProbeKind[] = ["plain", "capitals", "accents", "CJK", "white space", "signs", "long"];

async function kindDistances(observed: Observed, embed: Explanation["embed"]): Promise<KindDistance[]> {
  const measured: KindDistance[] = [];
  for (const kind of kinds) {
    const { texts, vectors } = probesOf(kind, observed);
    if (texts.length === 0) continue;
    const far = distances(await embed(texts), vectors);
    measured.push({ kind, texts: texts.length, median: median(far), most: Math.max(...far) });
  }
  return measured;
}
