import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { deepFreeze } from "./freeze.ts";
import type { TaskSpec } from "./task.ts";

let names: Intl.DisplayNames | undefined;

/** Returns the English names of languages, which take some milliseconds to be opened. */
const english = (): Intl.DisplayNames => {
  names ??= new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });
  return names;
};

/** Returns the code of a language with its script, such as `deu` of `deu-Latn`; programming languages by their names. */
const codeOf = (language: string): string => language.split("-")[0];

/** Returns the English name of a language, such as German for `deu-Latn`; undefined where none is known. */
export const languageName = (language: string): string | undefined =>
  /^[a-z]{3}-[A-Z][a-z]{3}$/.test(language) && !language.endsWith("-Code") ? english().of(codeOf(language)) : undefined;

/**
 * Finds the codes of languages among those of tasks, each by its code (`deu`), with its script (`deu-Latn`) or by its
 * English name. Throws `InputError` with the nearest name.
 */
function findLanguages(named: readonly string[], tasks: readonly Pick<TaskSpec, "languages">[]): ReadonlySet<string> {
  const known = new Set(tasks.flatMap((task) => Object.values(task.languages).flat()));
  const byName = new Map<string, string>();
  for (const language of known) {
    const code = codeOf(language);
    byName.set(language.toLowerCase(), language).set(code.toLowerCase(), code);
    const name = languageName(language);
    if (name !== undefined) byName.set(name.toLowerCase(), code);
  }
  return new Set(
    named.map((name) => {
      const found = byName.get(name.toLowerCase());
      if (found !== undefined) return found;
      throw new InputError(
        `language "${name}": no subset of these tasks is in it${didYouMean(name, [...byName.keys()])}; expected a code of ` +
          "ISO 639-3, such as deu, or an English name",
      );
    }),
  );
}

/** Lists the languages of tasks that names mean, name by name. Throws `InputError` for one that no subset is in. */
export function languagesNamed(
  named: readonly string[],
  tasks: readonly Pick<TaskSpec, "languages">[],
): readonly string[] {
  const known = [...new Set(tasks.flatMap((task) => Object.values(task.languages).flat()))].sort();
  return [...findLanguages(named, tasks)].flatMap((one) =>
    known.filter((language) => language === one || codeOf(language) === one),
  );
}

/**
 * Returns tasks with the subsets that hold one of these languages, and without the tasks that have no such subset: a
 * subset of two languages counts for both, as in mteb. Throws `InputError` for a language that no subset is in.
 */
export function inLanguages(tasks: readonly TaskSpec[], named: readonly string[]): readonly TaskSpec[] {
  const wanted = findLanguages(named, tasks);
  return tasks.flatMap((task) => {
    const subsets = Object.entries(task.languages);
    const kept = subsets.filter(([, own]) => own.some((one) => wanted.has(one) || wanted.has(codeOf(one))));
    if (kept.length === subsets.length) return [task];
    return kept.length === 0 ? [] : [deepFreeze({ ...task, languages: Object.fromEntries(kept) })];
  });
}
