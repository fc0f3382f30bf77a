const kibi = 2 ** 10;
const mebi = 2 ** 20;

/**
 * Bounds on what is read from files and answers that others wrote, so that a few bytes cannot take all memory or time.
 * Real files stay far below them. docs/safety.md shows them; its test compares.
 */
export const limits = {
  /** Bytes of a README.md of a data set. */
  card: 32 * mebi,
  /** Bytes of a field in it that is read, `configs` or a config's entry in `dataset_info`: YAML is slow to read. */
  cardField: 4 * mebi,
  /** Steps that matching a card's patterns with the names of files may take; 500,000 files without a card take a third. */
  patternSteps: 500_000_000,
  /** Bytes of a JSON file that configures: of a model, its tokenizer, prompts, tasks, precomputed vectors. */
  config: 16 * mebi,
  /** Bytes of `tokenizer.json`; large vocabularies take 35 MB. */
  tokenizer: 128 * mebi,
  /** Characters of all added tokens of a `tokenizer.json`: they are searched for together, at 80 bytes each. */
  addedTokens: 16 * mebi,
  /** Times that a tokenizer's rules may make a text longer. */
  textGrowth: 64,
  /** Steps of a tokenizer's normalizer and pre-tokenizer, each of which goes through all of a text. */
  tokenizerSteps: 256,
  /** Characters of a text that its tokenizer does not let be read piece by piece. */
  textPiece: mebi,
  /** Bytes of `model.safetensors.index.json`. */
  shardIndex: 64 * mebi,
  /** Bytes of a safetensors header: room for 100,000 tensors. */
  safetensorsHeader: 16 * mebi,
  /** Bytes of the pickle that describes weights: room for 70,000 tensors. */
  pickle: 16 * mebi,
  /** Operations of that pickle; a tensor takes 30. */
  pickleSteps: mebi,
  /** Bytes of the tensors of a file of pickled weights that do not lie there in their own order, and are put into it; of an adapter, those put together. */
  reorderedWeights: 512 * mebi,
  /** Bytes of a result file; 40,000 subsets take 20 MB. */
  result: 64 * mebi,
  /** Bytes of `bench.jsonl`. */
  bench: 64 * mebi,
  /** Bytes of a file of texts to measure speed with, or to embed. */
  texts: 256 * mebi,
  /** Bytes of a file of predictions; 1,000 documents of each of 5,000 queries take 200 MB. */
  predictions: 448 * mebi,
  /** Bytes of a piece of work in a shared store; 1,000 documents of each of 6,980 queries take 56 MB. */
  storedBytes: 1024 * mebi,
  /** Bytes of one page of a store's list of them; one has a thousand names. */
  storePage: 16 * mebi,
  /** Bytes of a list of a repository's files. */
  listing: 256 * mebi,
  /** Files of a repository. */
  repositoryFiles: 500_000,
  /** Pages of the Hub's list of them; one has a thousand files. */
  listingPages: 2_000,
  /** Bytes of one answer of the Hub's interface. */
  hubAnswer: 64 * mebi,
  /** Bytes of one answer of an embeddings endpoint, unpacked. */
  endpointAnswer: 256 * mebi,
  /** Bytes of an answer that refuses. */
  refusal: 256 * kibi,
  /** Characters of one record of JSON. */
  jsonRecord: 64 * mebi,
  /** Characters of a JSON file whose rows are in a field. */
  jsonDocument: 128 * mebi,
  /** Bytes of one text of a data set. */
  text: 64 * mebi,
  /** Files of a zip archive. */
  archiveFiles: 5_000,
  /** Columns of a table. */
  columns: 10_000,
  /** Values that records of a table lack and that are filled in, however few records there are. */
  absentValues: 2 ** 22,
  /** Beyond that, absent values for each record. */
  absentShare: 32,
  /** Bytes that a compressed text file, or the pages or texts of a parquet file, may unpack to, whatever its size. */
  unpackedText: 64 * mebi,
  /** Beyond that, bytes for each byte of the file; texts reach 5, labels 50. */
  unpackedShare: 100,
  /** Bytes of the footer of a parquet file. */
  parquetFooter: 64 * mebi,
  /** Bytes of a page of a parquet file, unpacked; writers make pages of about 1 MiB. */
  parquetPage: 256 * mebi,
  /** Values of a parquet file, whatever its size; texts count twice, values in lists and objects four times and more. */
  parquetValues: 2 ** 22,
  /** Beyond that, values for each byte of the file. */
  parquetValueShare: 8,
  /** Columns of a parquet file within each other; a list is two. */
  parquetFolds: 16,
  /** Values of an Arrow file, whatever its size, those within lists and structs included. */
  arrowValues: 2 ** 20,
  /** Beyond that, values for each byte of the file: eight truth values take one. */
  arrowValueShare: 8,
  /** Lists and objects within each other, in JSON; columns within each other, in Arrow. */
  depth: 100,
  /** Bytes of the header of NumPy's format. */
  npyHeader: 64 * kibi,
  /** Layers of a model. */
  layers: 4096,
  /** Length of a vector, a head, an inner layer. */
  width: 2 ** 20,
  /** Rows of an embedding table. */
  tableRows: 2 ** 24,
  /** Learned positions of a model. */
  positions: 2 ** 17,
  /** Bytes of one part of a path; what file systems take. */
  nameBytes: 255,
  /** Bytes of a path inside a repository, or of a revision. */
  pathBytes: 1024,
} as const;

/** The way out of a limit, for messages. */
export const seeLimits = "see docs/safety.md";

/** Writes 16777216 as `16 MiB` and 1500 as `1500 bytes`. */
export function sizeText(bytes: number): string {
  if (bytes >= mebi && bytes % mebi === 0) return `${bytes / mebi} MiB`;
  return bytes >= kibi && bytes % kibi === 0 ? `${bytes / kibi} KiB` : `${bytes} bytes`;
}
