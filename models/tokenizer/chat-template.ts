import { fileURLToPath } from "node:url";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import { groupsOf } from "./groups.ts";
import type { TextInput } from "./library.ts";
import { openProcess } from "./process.ts";

/** How a message holds its text: as it is, or in a list of parts; `auto` where the template decides. */
export type MessageFormat = "flat" | "structured" | "auto";

/** A question to the process: to open a template, or to render it once for each set of values. */
export interface Call {
  readonly text?: string;
  readonly values?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Puts inputs into a model's chat template, behind a prompt as the system's message: a text as a user's, of a pair the
 * first as a `query`, the second as a `document` (sentence-transformers 6.2, `InputFormatter.pair_to_messages`).
 */
export interface ChatTemplate {
  render(inputs: readonly TextInput[], prompt: string): Promise<string[]>;
}

/** Characters (UTF-16 units) of the texts of one call, but for a text that is longer by itself. */
const mostCharacters = 2 ** 20;
/** Largest heap of the process, in MiB: templates come from strangers, and a loop in one can fill any. */
const heap = 256;

const program = fileURLToPath(new URL("./template.cjs", import.meta.url));

/** By these sentence-transformers 6.2 knows a template that expects a list of parts (`InputFormatter._infer_format`). */
const signsOfParts = ["content[0]", ".type", "'type'", '"type"', "message.content["];

/**
 * Prepares a chat template, which is rendered in a process of its own, within bounds of time and memory.
 * @param place Where the template stands, for messages.
 * @param tokens The tokenizer's special tokens by kind, which a template may name.
 * @throws InputError when the template depends on the day
 */
export function openChatTemplate(
  place: string,
  text: string,
  wanted: MessageFormat,
  tokens: Readonly<Record<string, string>>,
): ChatTemplate {
  const fault = (what: string): InputError =>
    new InputError(`model: ${place}: its chat template cannot be used: ${shown(what, 300)}`);
  if (text.includes("strftime_now")) throw fault("it writes today's date (strftime_now), so that vectors would change");
  const parts = wanted === "auto" ? signsOfParts.some((sign) => text.includes(sign)) : wanted === "structured";
  const message = (role: string, content: string) => ({
    role,
    content: parts ? [{ type: "text", text: content }] : content,
  });
  const messagesOf = (input: TextInput) =>
    typeof input === "string" ? [message("user", input)] : [message("query", input[0]), message("document", input[1])];
  const valuesOf = (input: TextInput, prompt: string) => ({
    ...tokens,
    messages: [...(prompt === "" ? [] : [message("system", prompt)]), ...messagesOf(input)],
    tools: null,
    documents: null,
    add_generation_prompt: false,
  });
  const { ask, inTurn } = openProcess<Call, string[]>({
    program,
    options: [`--max-old-space-size=${heap}`],
    opening: () => ({ text }),
    refused: fault,
  });
  const render = async (inputs: readonly TextInput[], prompt: string): Promise<string[]> => {
    const rendered: string[] = [];
    for (const group of groupsOf(inputs, mostCharacters)) {
      rendered.push(...(await ask({ values: group.map((one) => valuesOf(one, prompt)) })));
    }
    return rendered;
  };
  return {
    render: (inputs, prompt) =>
      inTurn(() => render(inputs, prompt)).catch((error: unknown) => {
        throw error instanceof InputError ? error : fault(messageOf(error));
      }),
  };
}
