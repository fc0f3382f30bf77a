import { columnOf, textColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import { shownJson } from "../shown.ts";
import type { Dataset, Table } from "../table.ts";
import type { LinkedPairsStep } from "./layout-steps.ts";
import { datasetOfParts, type Part, rememberLatest } from "./parts.ts";

type Tables = Readonly<Record<"corpus" | "queries" | "qrels", Table>>;

/** Numbers values in the order in which they first come, from 0. */
function firstSeen(values: readonly unknown[]): ReadonlyMap<unknown, number> {
  const numbers = new Map<unknown, number>();
  for (const value of values) if (!numbers.has(value)) numbers.set(value, numbers.size);
  return numbers;
}

/**
 * Makes the parts of a subset of both languages' rows. Throws `InputError` for a missing column, and for a query whose link
 * no document has.
 */
function linked(documents: Table, questions: Table, step: LinkedPairsStep): Tables {
  const texts = textColumn(documents, step.document);
  const documentLinks = columnOf(documents, step.link);
  const links = firstSeen(documentLinks);
  const rows: number[] = [];
  documentLinks.forEach((link, row) => {
    if (links.get(link) === rows.length) rows.push(row);
  });
  const asked = textColumn(questions, step.query);
  const queries = firstSeen(asked);
  const judged = columnOf(questions, step.link).map((link, row) => {
    const number = links.get(link);
    if (number !== undefined) return `C${number}`;
    throw new InputError(
      `data set ${questions.name}: column "${step.link}", row ${row + 1} holds ${shownJson(link ?? null, 80)}, which no row ` +
        `of ${documents.name} holds there; expected the link of a document`,
    );
  });
  const table = (name: string, count: number, columns: Table["columns"]): Table => ({ name, rows: count, columns });
  return {
    corpus: table(documents.name, rows.length, {
      id: rows.map((_, number) => `C${number}`),
      text: rows.map((row) => texts[row]),
    }),
    queries: table(questions.name, queries.size, {
      id: [...queries.values()].map((number) => `Q${number}`),
      text: [...queries.keys()],
    }),
    qrels: table(questions.name, questions.rows, {
      "query-id": asked.map((text) => `Q${queries.get(text)}`),
      "corpus-id": judged,
      score: judged.map(() => 1),
    }),
  };
}

/**
 * Returns the data set of a `linkedPairs` step: the documents of the subset `A-B` are those of the config A, one for each
 * link, its queries the different ones of the config B. Source: mteb 2.26 `BelebeleRetrieval.load_data`.
 */
export function linkPairs(dataset: Dataset, step: LinkedPairsStep, subsets: readonly string[]): Dataset {
  const made = rememberLatest(async (subset, split) => {
    const [first = "", second = "", ...more] = subset.split("-");
    if (second === "" || more.length > 0) {
      throw new InputError(
        `data set ${dataset.id}: the subset "${subset}" names no pair of configs; expected the names of two, with a - between them`,
      );
    }
    return linked(await dataset.read(first, split), await dataset.read(second, split), step);
  });
  const parts: readonly Part[] = ["corpus", "queries", "qrels"];
  return datasetOfParts(
    dataset,
    subsets,
    parts,
    async (part, subset, split) => (await made(subset, split))[part as keyof Tables],
  );
}
