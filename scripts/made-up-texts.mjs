/** Texts of common words, their lengths spread as those of short questions and paragraphs are. `random`: a seeded generator. */
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

/** The middle one of several numbers. */
export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
