import type { z } from "zod";
import { InputError } from "../datasets/errors.ts";

/** Validates a configuration read from a repository; the error names each field with its value and what it may be. */
export function parseConfig<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  config: Readonly<Record<string, unknown>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], config);
    return `${path.join(".")} is ${JSON.stringify(value) ?? "missing"} (${message})`;
  });
  throw new InputError(`model: the ${subject} config is not understood: ${faults.join("; ")}`);
}
