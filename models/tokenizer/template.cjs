/**
 * Renders a chat template, run as a process of its own by `chat-template.ts`. It is plain JavaScript, so that the same
 * file serves the sources (tests) and the build.
 */
const { Interpreter, Template, tokenize } = require("@huggingface/jinja");

/**
 * An empty list has neither a first nor a last value, which is undefined in Jinja; the library (0.5.11) goes on with none
 * at all, over which the next filter breaks down.
 */
const interpreter = /** @type {Record<string, (...args: any[]) => unknown>} */ (
  /** @type {unknown} */ (Interpreter.prototype)
);
const { applyFilter } = interpreter;
interpreter["applyFilter"] = function (operand, filter, environment) {
  return applyFilter.call(this, operand, filter, environment) ?? environment.lookupVariable("");
};

/** What the library says where a template calls something that there is not. */
const notCallable = "Cannot call something that is not a function";

/** Says what a template did wrong; errors of the engine and of the library speak of their own insides. */
const faultOf = (/** @type {unknown} */ error) => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError) return "it nests too deeply, calls itself without end, or makes too long a text";
  if (error instanceof TypeError) return "it asks of a value what that cannot do";
  return message.startsWith(notCallable) ? "it calls something that there is not" : message;
};

/**
 * Tells whether a template reads the task of a text, query or document, which sentence-transformers 6.2 tells those that
 * do; here it is not known where a text is rendered.
 */
const readsTask = (/** @type {string} */ text) => {
  const tokens = tokenize(text);
  const found = tokens.flatMap(({ type, value }, i) => (type === "Identifier" && value === "task" ? [i] : []));
  const isMade = found.some((i) => ["set", "for"].includes(tokens[i - 1]?.value));
  return !isMade && found.some((i) => tokens[i - 1]?.type !== "Dot" && tokens[i + 1]?.type !== "Equals");
};

/** @type {Template | undefined} */
let template;

process.on("message", (/** @type {import("./chat-template.ts").Call} */ { text, values }) => {
  try {
    if (text !== undefined && readsTask(text)) throw new Error("it reads the task of a text, which it is not told");
    if (text !== undefined) template = new Template(text);
    process.send?.({ value: (values ?? []).map((one) => template?.render(one)) });
  } catch (error) {
    process.send?.({ error: faultOf(error) });
  }
});
process.on("disconnect", () => process.exit());
