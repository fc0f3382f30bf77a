/** Makes texts of common words, as long as short questions and paragraphs, from a seeded generator. */
export function makeTexts(number, random) {
  const words =
    "the a of to and in time river stone music old bright garden quickly measure under seven people book window light change small engine".split(
      " ",
    );
  return Array.from({ length: number }, (_, i) => {
    const length = 3 + Math.floor(57 * random.random() ** 2);
    return `${i} ${Array.from({ length }, () => words[Math.floor(random.random() * words.length)]).join(" ")}`;
  });
}
