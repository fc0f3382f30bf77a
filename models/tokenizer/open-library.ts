import { openApart } from "./apart.ts";
import { hazardsOf } from "./hazards.ts";
import type { Library, LibrarySettings } from "./library.ts";

type Json = Readonly<Record<string, unknown>>;

/** Imported when it is needed: the library looks at the system when it is loaded, which takes longer than many a command. */
async function loadLibrary(): Promise<(settings: LibrarySettings) => Library> {
  const { default: rust } = await import("./rust.cjs");
  return rust.open;
}

/**
 * Opens a definition. One that the library may break down over, or whose regular expressions are not known to end soon on
 * every text, runs in a process of its own, which is ended when it takes too long: the library cannot be interrupted, and
 * ends its process where it breaks down.
 * @throws Error with the library's message
 */
export async function openLibrary(definition: Json): Promise<Library> {
  const hazards = await hazardsOf(loadLibrary, definition);
  const settings = { definition: JSON.stringify({ ...definition, padding: null, truncation: null, decoder: null }) };
  if (hazards.length > 0) return openApart(settings, hazards);
  return (await loadLibrary())(settings);
}
