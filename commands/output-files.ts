import { extname } from "node:path";
import { UsageError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

/** A file that a command is to write, beside what it prints. */
export interface OutputFile<Name extends string> {
  readonly file: string;
  readonly form: Name;
}

/**
 * Returns the forms that files' names say by their endings, ahead of the work for them.
 *
 * @param endings Of the forms of the command, such as `.md`, in any case.
 * @throws UsageError for a file that does not say its form, or cannot be written
 */
export async function outputFiles<Name extends string>(
  command: string,
  files: readonly string[],
  endings: Readonly<Record<Name, string>>,
): Promise<readonly OutputFile<Name>[]> {
  const forms = Object.keys(endings) as Name[];
  const found = files.map((file) => {
    const ending = extname(file).toLowerCase();
    const form = forms.find((one) => endings[one] === ending);
    if (form !== undefined) return { file, form };
    const known = forms.map((one) => endings[one]);
    const list = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
    throw new UsageError(
      `--output: ${file} does not say its form; expected a name that ends in ${list}${didYouMean(ending, known)}; ` +
        "standard output takes each of them by --format",
    );
  });
  for (const { file } of found) await requireWritableFile(command, file);
  return found;
}

/** Writes files, one after the other. @throws UsageError where one cannot be written */
export async function writeOutputs<Name extends string>(
  command: string,
  files: readonly OutputFile<Name>[],
  textOf: (form: Name) => string | Promise<string>,
): Promise<void> {
  for (const { file, form } of files) await writeMade(command, file, await textOf(form));
}
