/**
 * Steps for tasks whose rows mteb prepares by code of their own, as this program's vocabulary says them, by the name of the
 * task. `datasets/fixtures/regenerate-special.py` runs that code beside them.
 */

const seed = 42;

/** Title and abstract of a paper; either may be missing. */
const paper = {
  step: "join",
  columns: ["title", "abstract"],
  separator: "\n\n",
  into: "text",
  strip: true,
  missing: "",
};

/** Rows of lists to rows, without the texts that come again. */
const fast = [
  { step: "flatten", columns: ["sentences", "labels"] },
  { step: "dropRepeats", column: "sentences" },
];

/** Four lists of 512 texts of several columns, drawn by CPython's shuffle. */
const batches = (columns, label, parts, shuffled) => [
  { step: "stack", columns, into: "sentences" },
  { step: "firstParts", column: label, separator: ",", parts, into: "labels" },
  { step: "shuffle", seed: shuffled, by: "python" },
  { step: "head", rows: 4 * 512 },
  { step: "batch", columns: ["sentences", "labels"], size: 512 },
];

const topics =
  "travel politics science sports technology health nature entertainment geography business disasters crime education religion".split(
    " ",
  );
const sib = [
  { step: "firstOf", columns: ["text", "sentence", "utterance"], into: "text" },
  { step: "firstOf", columns: ["label", "labels", "category"], into: "label" },
  {
    step: "mapValues",
    column: "label",
    // Numbers stay as they are.
    values: [...topics.map((topic, number) => [topic, number]), ...topics.map((_, number) => [number, number])],
  },
];

const studies = ["Rosch1973", "Rosch1975", "McCloskey1978"];
const feelings = ["positif", "netral", "negatif"];
const evaluated = ["validation", "test"];

export const specialRows = {
  SciRepEvalBiomimicryClassification: [paper, { step: "encodeLabels", column: "label" }],
  SciRepEvalDRSMClassification: [
    paper,
    { step: "copy", path: ["class"], into: "label" },
    { step: "dropRepeats", column: "text" },
    { step: "encodeLabels", column: "label" },
  ],
  SciRepEvalMeSHDescriptorsClassification: [
    { step: "dropRepeats", column: "corpus_id" },
    paper,
    { step: "copy", path: ["descriptor"], into: "label" },
    { step: "encodeLabels", column: "label" },
    { step: "shuffle", seed },
    { step: "head", rows: 8192 },
  ],
  SciRepEvalFoSClassification: [
    paper,
    { step: "copy", path: ["labels_text"], into: "label" },
    { step: "dropBlank", columns: ["label"] },
    { step: "shuffle", seed },
    { step: "head", rows: 8192 },
    { step: "resplit", from: "evaluation", testShare: 0.3, seed },
  ],
  "SIB200Classification.v2": sib,
  "SIB200Classification.v3": sib,
  InjongoIntent: [
    { step: "firstOf", columns: ["text", "utterance", "sentence"], into: "text" },
    { step: "firstOf", columns: ["label", "intent", "labels"], into: "label" },
  ],
  TurkicClassification: [
    { step: "rename", columns: { processed_text: "text", category: "label" } },
    { step: "dropRareLabels", column: "label", least: 20 },
    { step: "pickSubset", column: "lang" },
    { step: "stratifiedSample", rows: 2048, column: "label", splits: ["train"] },
  ],
  IndonesianMongabayConservationClassification: [
    { step: "placeOfLargest", column: "softlabel", length: feelings.length, into: "label", splits: ["train"] },
    { step: "keepRows", column: "softlabel", values: feelings, splits: evaluated },
    {
      step: "mapValues",
      column: "softlabel",
      values: feelings.map((feeling, number) => [feeling, number]),
      into: "label",
      splits: evaluated,
    },
    // The test rows come behind those of the split before it.
    { step: "mergeSplits", from: evaluated, into: "test" },
  ],
  "BlurbsClusteringP2P.v2": fast,
  "TenKGnadClusteringP2P.v2": fast,
  "TenKGnadClusteringS2S.v2": fast,
  SNLClustering: batches(["ingress", "article"], "category", 3, 42),
  VGClustering: batches(["title", "ingress", "article"], "classes", 1, 1111),
  "ArxivClusteringP2P.v2": [{ step: "sampleLists", columns: ["sentences", "labels"], most: 2048, seed }],
  HumanConceptsClustering: studies.flatMap((study) => [
    { step: "useSplit", split: "train", as: study },
    { step: "keepRows", column: "subdataset", values: [study], splits: [study] },
  ]),
};
