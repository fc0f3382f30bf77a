import { isRepository, type RepositoryOptions } from "../runners/model/adapters.ts";
import { describeModel, type ModelChoice } from "../runners/model/open-model.ts";
import { type FormatOf, modelFormats } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface ShowModelChoice extends Omit<RepositoryOptions, "precision" | "onnx"> {
  readonly format: FormatOf<typeof modelFormats>;
}

/** Prints what a repository or folder runs as. Returns whether it runs, as far as can be seen. */
export async function showModel(
  id: string,
  { format, ...choice }: ShowModelChoice,
  terminal: Terminal,
): Promise<boolean> {
  const write = await modelFormats[format].load();
  const model = await describeModel(id, choice, worldOf(terminal).hub);
  terminal.out(write(model, terminal.outWidth));
  return model.refused.length === 0;
}

/** Writes a line that names the command by which the rest about a choice's repositories is shown. */
export function pointToShow(
  {
    model,
    queryModel,
    documentModel,
    revision,
  }: Pick<ModelChoice, "model" | "queryModel" | "documentModel" | "revision">,
  { err }: Pick<Terminal, "err">,
): void {
  const named = [model, queryModel, documentModel].filter((id) => id !== undefined).filter(isRepository);
  const at = revision === undefined ? "" : ` --revision ${revision}`;
  for (const id of new Set(named)) err(`pooling, tokens, limits and the rest: pramana models show ${id}${at}\n`);
}
