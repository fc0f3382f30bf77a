/** @import { PageText } from "../shape.ts" */
/** @import { Tree } from "./tree.mjs" */
import { grouped } from "./format.mjs";
import { h } from "./tree.mjs";

/**
 * Characters that show nothing, or turn the text around them: control characters, halves of others, what fonts leave out. But
 * for those that belong to texts: ends of lines, tabs, and what joins letters or chooses their form.
 */
const silent =
  /((?!\n|\t|\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb])/u;

/** @param {string} character */
const codeOf = (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * Writes a text of others, in which what cannot be seen stands by its number.
 *
 * @param {string} text
 * @returns {readonly Tree[]}
 */
export const plainly = (text) =>
  text
    .replace(/\r\n/g, "\n")
    .split(silent)
    .filter((part) => part !== "")
    .map((part) =>
      silent.test(part) ? h("span", { class: "code", title: "a character that shows nothing" }, codeOf(part)) : part,
    );

/**
 * Makes an element of a text of others: it reads in its own direction, and turns nothing around it.
 *
 * @param {string} tag
 * @param {PageText} text
 */
export const textElement = (tag, { text, more }) =>
  h(
    tag,
    { class: "text", dir: "auto" },
    text === "" ? h("span", { class: "mark" }, "empty") : plainly(text),
    more !== undefined && [" ", h("bdi", { class: "mark" }, `… ${grouped(more)} more characters`)],
  );

/**
 * Writes a name of others within a line.
 *
 * @param {string} name
 */
export const nameText = (name) => h("bdi", {}, plainly(name));
