import { columnOf, textColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { strip } from "../../datasets/strip.ts";
import type { Table } from "../../datasets/table.ts";

/**
 * Returns a document as models read it: its title, a space and its text, without white space around; the text alone if
 * the title is empty. Source: mteb 2.26 `_corpus_to_dict`.
 */
export function documentText(title: string, text: string): string {
  return strip(title === "" ? text : `${title} ${text}`);
}

/** Reads a turn of a conversation: a text, or a speaker and their text. */
function turnText(turn: unknown, table: Table, row: number): string {
  if (typeof turn === "string") return turn;
  const { role, content } = (turn ?? {}) as { readonly role?: unknown; readonly content?: unknown };
  if (typeof role === "string" && typeof content === "string") return `${role}: ${content}`;
  throw new InputError(
    `data set ${table.name}: column "text", row ${row + 1} holds the turn ${JSON.stringify(turn)}; expected a text, or ` +
      'an object with the texts "role" and "content"',
  );
}

function isConversation(table: Table): boolean {
  return Array.isArray(table.columns["text"]?.at(0));
}

/** Joins the turns of each row's conversation by semicolons. */
function conversations(table: Table): readonly string[] {
  const column = columnOf(table, "text");
  // The reader takes lists of texts, and, for its messages, rows that are no lists.
  if (!column.every((turns) => Array.isArray(turns) && turns.some((turn) => typeof turn === "object"))) {
    return textListColumn(table, "text").map((turns) => turns.join("; "));
  }
  return column.map((turns, row) => (turns as unknown[]).map((turn) => turnText(turn, table, row)).join("; "));
}

/**
 * Returns the queries as models read them: a text followed by its instruction, or a conversation, its turns joined by
 * semicolons, after its instruction. Queries are not stripped. Source: mteb 2.26 `_combine_queries_with_instruction_text`,
 * `_convert_conv_history_to_query`.
 * @param instructions one per row, null for a query without one; undefined if no query has one
 */
export function queryTexts(table: Table, instructions: readonly (string | null)[] | undefined): readonly string[] {
  const inFront = isConversation(table);
  const texts = inFront ? conversations(table) : textColumn(table, "text");
  if (instructions === undefined) return texts;
  return texts.map((text, row) => {
    const instruction = instructions[row] ?? null;
    if (instruction === null) return text;
    return inFront ? `${instruction} ${text}` : `${text} ${instruction}`;
  });
}
