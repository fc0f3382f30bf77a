/* The document: this file and the modules that are named after the client touch it, no other does. */
/** @import { Tree } from "./tree.mjs" */

/**
 * @template {Element} Kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Kind[]}
 */
export const all = (selector, within = document) => /** @type {Kind[]} */ ([...within.querySelectorAll(selector)]);

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

const svg = "http://www.w3.org/2000/svg";

/**
 * Turns a tree into an element, or a text.
 *
 * @param {Tree} tree
 * @param {boolean} [isPicture] True inside of a picture.
 * @returns {Element | Text}
 */
export function made(tree, isPicture = false) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const isSvg = isPicture || tree.tag === "svg";
  const element = isSvg ? document.createElementNS(svg, tree.tag) : document.createElement(tree.tag);
  for (const [name, value] of Object.entries(tree.attributes)) {
    if (name !== "xmlns") element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...tree.children.map((child) => made(child, isSvg)));
  return element;
}

/**
 * @param {Element} parent
 * @param {readonly (Tree | undefined | false)[]} trees
 */
export const fill = (parent, trees) =>
  parent.replaceChildren(...trees.flatMap((tree) => (tree === undefined || tree === false ? [] : [made(tree)])));

/** Lets the reader choose between light and dark colours; first they are the system's. */
export function startTheme() {
  const button = byId("theme");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const name = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    name();
  });
  system.addEventListener("change", name);
  button.hidden = false;
  name();
}
