import { openApart } from "./apart.ts";
import type { Library } from "./library.ts";
import { strangePatterns } from "./patterns.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Opens a definition. One whose regular expressions are not known to end soon on every text runs in a process of its
 * own, which is ended when it takes too long: the library cannot be interrupted, and ends the process over an expression
 * that goes back too often.
 * @throws Error with the library's message
 */
export async function openLibrary(definition: Json): Promise<Library> {
  const patterns = strangePatterns(definition);
  const settings = { definition: JSON.stringify({ ...definition, padding: null, truncation: null, decoder: null }) };
  if (patterns.length > 0) return openApart(settings, patterns);
  // Imported when it is needed: the library looks at the system when it is loaded, which takes longer than many a command.
  const { default: rust } = await import("./rust.cjs");
  return rust.open(settings);
}
