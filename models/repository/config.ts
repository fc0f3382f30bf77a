import type { z } from "zod";
import { InputError } from "../../datasets/errors.ts";

/** Validates a configuration read from a repository; the error names each field with its value and what it may be. */
export function parseConfig<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  config: Readonly<Record<string, unknown>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new InputError(`model: the ${subject} config is not understood: ${describeFaults(parsed.error, config)}`);
}

/** Characters of a wrong value that are shown. */
const shownLength = 80;

/** Each field that is wrong, with its value and what it may be. */
export function describeFaults({ issues }: z.ZodError, config: Readonly<Record<string, unknown>>): string {
  const faults = issues.map((issue) => {
    if (issue.code === "unrecognized_keys") return `${[...issue.path, issue.keys.join(", ")].join(".")} is not known`;
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      config,
    );
    const shown = JSON.stringify(value) ?? "missing";
    const cut = shown.length > shownLength ? `${shown.slice(0, shownLength)}…` : shown;
    return `${issue.path.join(".")} is ${cut} (${issue.message})`;
  });
  return faults.join("; ");
}
