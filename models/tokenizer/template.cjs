/**
 * Renders a chat template, run as a process of its own by `chat-template.ts`. It is plain JavaScript, so that the same
 * file serves the sources (tests) and the build.
 */
const { Template } = require("@huggingface/jinja");

/** @type {Template | undefined} */
let template;

process.on("message", (/** @type {import("./chat-template.ts").Call} */ { text, values }) => {
  try {
    if (text !== undefined) template = new Template(text);
    process.send?.({ value: (values ?? []).map((one) => template?.render(one)) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => process.exit());
