/**
 * Steps of tasks whose preparation the reference material tells in words, or not to the last id: they follow the loaders of
 * mteb 2.26.24, and tasks/protocols/fixtures/retrieval-layouts.jsonl holds them to these.
 */
export const ownSteps = {
  BelebeleRetrieval: [{ step: "linkedPairs", query: "question", document: "flores_passage", link: "link" }],
};
