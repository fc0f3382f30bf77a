import { numberTable } from "../marked-text.mjs";
import { isOurs, titleAs, titleOf } from "./records.mjs";

/**
 * Writes what was measured of one model with one kind of texts.
 * @param rows Of each peer its record, the precision it took, the batch size (undefined where it cuts batches by itself),
 *   texts per second, its distance, and its versions.
 * @param about Number of texts, tokens of all of them (which Pramana alone tells), the machine's state, and the peer whose vectors are taken as exact.
 * @param missing The peers that could not be opened, with the reason.
 */
export function tableOf(rows, { texts, tokens, state, against }, missing) {
  const base = rows.find(({ peer }) => peer.base);
  const head = ["", "texts a batch", "texts/s", "tokens/s", "× Pramana fp32", "1 − cosine, mean", "largest"];
  const cells = rows.map((row) => [
    nameOf(row),
    row.batch ?? "its own",
    whole(row.speed),
    tokens === undefined ? "—" : whole((row.speed * tokens) / texts),
    base ? (row.speed / base.speed).toFixed(2) : "—",
    ...(row.peer === against ? ["—", "—"] : [small(row.distance.mean), small(row.distance.largest)]),
  ]);
  return [
    state,
    numberTable(head, cells),
    verdict("fp32", rows.filter(isExact)),
    verdict(
      "less than fp32",
      rows.filter((row) => !isExact(row)),
    ),
    `1 − cosine is to ${titleOf(against)}. ${versionsOf(rows)}`,
    missingText(missing),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

/** Names the peers that could not be opened, those with the same reason together. */
function missingText(missing) {
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  const lines = reasons.map((reason) => {
    const titles = missing.filter((one) => one.reason === reason).map(({ peer }) => titleOf(peer));
    return `${titles.join("; ")} (${reason})`;
  });
  return lines.length === 0 ? "" : `Not measured: ${lines.join("; ")}.`;
}

const isExact = ({ precision }) => precision === "fp32";
const whole = (value) => Math.round(value).toLocaleString("en");
/** Differences below the rounding of float32 are nothing. */
const small = (value) => (value < 1e-6 ? "< 1e-6" : value.toExponential(1));

const nameOf = ({ peer, precision }) => titleAs(peer, precision);
const fastest = (rows) => rows.reduce((best, row) => (row.speed > best.speed ? row : best));

/** Says how far Pramana is from the best of its peers in fp32, or below it. */
function verdict(precision, rows) {
  const [ours, theirs] = [true, false].map((ours) => rows.filter(({ peer }) => isOurs(peer) === ours));
  if (ours.length === 0 || theirs.length === 0) return "";
  const [own, best] = [fastest(ours), fastest(theirs)];
  return `In ${precision}, ${nameOf(own)} is at **${(own.speed / best.speed).toFixed(2)} ×** the best peer, ${nameOf(best)}.`;
}

/** Lists versions, those that several peers share once. */
function versionsOf(rows) {
  const texts = rows.map(({ versions }) =>
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  );
  return `${[...new Set(texts)].join("; ")}.`;
}
