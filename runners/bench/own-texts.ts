import { InputError, messageOf } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";

const expected =
  'expected a JSON array of texts, or on each line a JSON text or {"text": "…"}, as `pramana texts` writes them';

function textOf(item: unknown, place: string): string {
  if (typeof item === "string") return item;
  const text = typeof item === "object" && item !== null && "text" in item ? item.text : undefined;
  if (typeof text === "string") return text;
  throw new InputError(`bench: ${place} is ${shownJson(item, 80)}; ${expected}`);
}

function parse(json: string, place: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InputError(`bench: ${place} is not JSON (${messageOf(error)}); ${expected}`);
  }
}

/**
 * Reads the texts of a user's file: one JSON array, or JSON lines.
 *
 * @param source Name of the file.
 * @throws InputError naming file, line and what stands there; also where there is no text
 */
export function parseOwnTexts(json: string, source: string): string[] {
  const content = json.replace(/^\uFEFF/, "");
  const items = content.trimStart().startsWith("[")
    ? [parse(content, source)].flat().map((item, i) => textOf(item, `${source}, item ${i + 1}`))
    : content.split("\n").flatMap((line, i) => {
        const place = `${source}, line ${i + 1}`;
        return line.trim() === "" ? [] : [textOf(parse(line, place), place)];
      });
  if (items.length === 0) throw new InputError(`bench: ${source} holds no text; ${expected}`);
  return items;
}
