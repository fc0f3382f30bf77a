/**
 * Who is measured. `asked` is what the peer's program is given to open a model (see `bench_reference.py`, and
 * `pramana.mjs` where there is no `backend`); `packages` are the Python modules without which it cannot be opened. Speeds
 * are told by those of `base`, distances are to the vectors of `exact`.
 */
const sbert = (backend, precision, packages, more = {}) => ({
  name: `sentence-transformers, ${backend}`,
  packages: ["sentence_transformers", ...packages],
  asked: { backend, precision },
  ...more,
});
const pramana = (precision, more = {}) => ({ name: "Pramana", packages: [], asked: { precision }, ...more });

/** In the order in which they are opened and listed. fastembed takes the ONNX file that the ONNX backend writes. */
export const peers = [
  pramana("fp32", { base: true }),
  // On a CPU these compute as fp32 does, after rounding the weights, so that one model shows it.
  pramana("fp16", { smallOnly: true }),
  pramana("bf16", { smallOnly: true }),
  pramana("int8"),
  sbert("torch", "fp32", ["torch"], { exact: true }),
  sbert("torch", "bf16", ["torch"]),
  sbert("onnx", "fp32", ["optimum.onnxruntime"]),
  sbert("onnx", "int8", ["optimum.onnxruntime"]),
  sbert("openvino", "fp32", ["optimum.intel", "openvino"]),
  sbert("openvino", "default", ["optimum.intel", "openvino"]),
  { name: "fastembed", packages: ["fastembed"], asked: { backend: "fastembed", precision: "fp32" } },
];

/** Tells a peer by its program and the precision that was asked for. */
export const titleOf = ({ name, asked: { precision } }) => `${name}, ${precision}`;

/** The same with the precision that it took, where it chose by itself. */
export const titleAs = (peer, precision) =>
  peer.asked.precision === precision ? titleOf(peer) : `${titleOf(peer)} (${precision})`;

/** Tells Pramana from its peers. */
export const isOurs = ({ packages }) => packages.length === 0;
