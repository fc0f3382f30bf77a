import { InputError } from "../../datasets/errors.ts";
import type { Encoder, EncoderInfo } from "../encoder.ts";
import { joinRevisions } from "../joined-revision.ts";

/**
 * Joins two models into one: `query` encodes queries and texts without a role, `document` documents; each keeps its own
 * prompts (`findPrompt`). The pair is called `QUERY→DOCUMENT`; its revision is a hash of both revisions, its parameters
 * those of both together, its token limit the smaller one. Closing it closes both. Sources: LEAF (arXiv:2509.12539);
 * sentence-transformers 5.7 `Router`.
 *
 * @throws InputError where the vectors cannot be compared: other numbers of values, or other similarities
 */
export function pairEncoders(query: Encoder, document: Encoder): Encoder {
  checkComparable(query.info, document.info);
  return {
    kind: "vectors",
    info: {
      ...query.info,
      id: `${query.info.id}→${document.info.id}`,
      revision: joinRevisions([query.info.revision, document.info.revision]),
      parameters: query.info.parameters + document.info.parameters,
      maxTokens: Math.min(query.info.maxTokens, document.info.maxTokens),
      normalized: query.info.normalized === true && document.info.normalized === true,
      sides: { query: query.info, document: document.info },
    },
    encode: (texts, options) => (options?.role === "document" ? document : query).encode(texts, options),
    close: async () => void (await Promise.all([query.close(), document.close()])),
  };
}

function checkComparable(query: EncoderInfo, document: EncoderInfo): void {
  if (query.dims !== document.dims) {
    throw new InputError(
      `model: the queries' ${query.id} gives vectors of ${query.dims} values, the documents' ${document.id} of ` +
        `${document.dims}; expected the same number; choose models trained for one space`,
    );
  }
  if (query.similarity !== document.similarity) {
    throw new InputError(
      `model: the queries' ${query.id} is scored by ${query.similarity} similarity, the documents' ${document.id} by ` +
        `${document.similarity}; expected the same; choose models trained for one space`,
    );
  }
}
