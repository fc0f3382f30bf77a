import { InputError } from "./errors.ts";
import { shownJson } from "./shown.ts";
import { type Columns, readText, type TextFile } from "./text-file.ts";

const names = ["query-id", "corpus-id", "score"] as const;
const wayOut =
  `expected a header such as ${names.join("<TAB>")} and a line of these three for each judgement, as BEIR writes them; ` +
  "lines without a header and TREC's form (query, 0, document, judgement) are not read";

/** Characters of a line; ids are far shorter. */
const longestLine = 2 ** 20;

/**
 * Reads a file of judgements as BEIR writes them: a header, then a query's id, a document's id and an integer on each
 * line, separated by tabs. Ids stay the texts that they are: `007` does not become 7, as it would in a column of numbers.
 * A header with BEIR's names tells the order of the columns; of another one with three columns, the usual order holds.
 * Source: BEIR's `GenericDataLoader._load_qrels`, which passes over the first line whatever it holds.
 *
 * @throws InputError naming file, line and reason
 */
export async function readQrels(file: TextFile): Promise<Columns> {
  const [queries, documents, scores]: [string[], string[], number[]] = [[], [], []];
  let places: readonly number[] | undefined;
  let width = 0;
  let number = 0;
  for await (const line of linesOf(readText(file), file.name)) {
    number++;
    if (line === "") continue;
    const place = `${file.name}, line ${number}`;
    const fields = line.split("\t").map((field) => unquoted(field, place));
    if (places === undefined) {
      places = placesOf(fields, line, place);
      width = fields.length;
      continue;
    }
    const [query, document, score] = places.map((at) => fields[at]);
    if (fields.length !== width || query === "" || document === "" || !/^[+-]?\d+$/.test(score)) {
      throw new InputError(`${place}: ${shownJson(line)}; ${wayOut}`);
    }
    queries.push(query);
    documents.push(document);
    scores.push(Number(score));
  }
  if (places === undefined) throw new InputError(`${file.name}: empty; ${wayOut}`);
  return { "query-id": queries, "corpus-id": documents, score: scores };
}

/** Finds the places of query, document and judgement by the header. */
function placesOf(header: readonly string[], line: string, place: string): readonly number[] {
  const places = names.map((name) => header.indexOf(name));
  if (places.every((at) => at >= 0)) return places;
  const isOther = header.length === names.length && places.every((at) => at < 0) && !/^[+-]?\d+$/.test(header[2]);
  if (isOther) return [0, 1, 2];
  throw new InputError(`${place}: ${shownJson(line)} is no header of judgements; ${wayOut}`);
}

/** Takes the quotation marks off a field that stands in them. */
function unquoted(field: string, place: string): string {
  if (!field.startsWith('"')) return field;
  const inner = /^"([^"]*)"$/.exec(field)?.[1];
  if (inner !== undefined) return inner;
  throw new InputError(`${place}: ${shownJson(field)}; expected a field without quotation marks inside`);
}

async function* linesOf(pieces: AsyncIterable<string>, name: string): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    // A carriage return at the end may be half of a line end.
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() as string;
    if (rest.length > longestLine) throw new InputError(`${name}: a line of more than ${longestLine} characters`);
    yield* lines;
  }
  yield rest.replace(/\r$/, "");
}
