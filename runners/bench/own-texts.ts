import { InputError } from "../../datasets/errors.ts";
import { parseItems } from "../../datasets/json-items.ts";
import { shownJson } from "../../datasets/shown.ts";

const expected =
  'expected a JSON array of texts, or on each line a JSON text or {"text": "…"}, as `pramana texts` writes them';

const fault = (what: string): InputError => new InputError(`bench: ${what}; ${expected}`);

/**
 * Reads the texts of a user's file: one JSON array, or JSON lines.
 *
 * @param source Name of the file.
 * @throws InputError naming file, line and what stands there; also where there is no text
 */
export function parseOwnTexts(json: string, source: string): string[] {
  const items = parseItems(json, source, fault);
  if (items.length === 0) throw fault(`${source} holds no text`);
  return items.map(({ value, place }) => {
    if (typeof value === "string") return value;
    const text = typeof value === "object" && value !== null && "text" in value ? value.text : undefined;
    if (typeof text === "string") return text;
    throw fault(`${place} is ${shownJson(value, 80)}`);
  });
}
