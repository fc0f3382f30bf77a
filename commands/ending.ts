import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { plainLines, plainText } from "../datasets/shown.ts";
import { endOfParsing } from "./program.ts";

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
const parsingCodes = { shown: exitCodes.done, fault: exitCodes.usage } as const;

/** How a command ends that threw: its exit status, and what the user is told, which is empty where he knows already. */
export interface Ending {
  readonly status: number;
  readonly told: string;
}

/** The end that an error makes; what is not the user's to put right comes with its place. */
export function endingOf(error: unknown): Ending {
  const parsing = endOfParsing(error);
  if (parsing !== undefined) return { status: parsingCodes[parsing], told: "" };
  const status = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  if (error instanceof InputError) return { status, told: `pramana: ${plainText(error.message)}\n` };
  const place = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return { status, told: `pramana: an error of its own, please report it: ${plainLines(place)}\n` };
}
