import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { readStored, type StoredDomains } from "./catalog/stored.ts";
import { once } from "./once.ts";

const all = once(
  () => new Map(readStored<StoredDomains>("domains").domains.map(({ name, tasks }) => [name, new Set(tasks)])),
);

/** Lists the domains of a task, by mteb's words, such as Legal or Web; none of tasks of one's own. */
export const domainsOf = (task: string): readonly string[] =>
  [...all()].filter(([, tasks]) => tasks.has(task)).map(([name]) => name);

/**
 * Returns the names of the tasks of a domain, whose name may be written in small letters.
 * @throws InputError for a domain that there is not, with the nearest
 */
export function tasksOfDomain(domain: string): ReadonlySet<string> {
  const names = [...all().keys()];
  const name = names.find((one) => one.toLowerCase() === domain.toLowerCase());
  const tasks = name === undefined ? undefined : all().get(name);
  if (tasks !== undefined) return tasks;
  throw new InputError(
    `domain "${domain}" is unknown${didYouMean(domain, names)}; expected one of ${names.join(", ")}`,
  );
}
