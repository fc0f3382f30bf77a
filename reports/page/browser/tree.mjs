/*
 * Elements as data: views make trees, which the program writes as HTML and the page's script turns into elements. No text
 * becomes markup in either.
 */

/** @typedef {Record<string, string | number | true>} Attributes An attribute that is true has no value. */
/** @typedef {{ readonly tag: string, readonly attributes: Attributes, readonly children: readonly Tree[] }} Branch */
/** @typedef {string | Branch} Tree A text, or an element. */

/**
 * Makes an element. Attributes and children that are undefined or false are left out.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...(Tree | undefined | false | readonly (Tree | undefined | false)[])} children
 * @returns {Branch}
 */
export function h(tag, attributes = {}, ...children) {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== false);
  return {
    tag,
    attributes: /** @type {Attributes} */ (Object.fromEntries(given)),
    children: children.flat().filter((child) => child !== undefined && child !== false),
  };
}
