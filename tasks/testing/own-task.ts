import { InputError } from "../../datasets/errors.ts";
import { checkTasks } from "../task-file.ts";

/** The end of an error message. */
export const wayOut = "docs/custom-tasks.md lists the fields";

/** Returns the required fields of a task of a type, and more. */
export function ownTask(type: string, more: object = {}): Record<string, unknown> {
  return {
    name: "Own",
    type,
    dataset: { path: "me/own", revision: "0123456789abcdef0123456789abcdef01234567" },
    languages: { default: ["eng-Latn"] },
    ...more,
  };
}

/** Returns the message that refuses a file holding `value`. */
export function faultOf(value: unknown): string {
  try {
    checkTasks(value, "own.json");
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}
