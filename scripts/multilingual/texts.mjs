/** Texts of a made-up data set: words of a topic, and some of its language's script. */

const topics = [
  "river bridge boat harbour fishing water stream ferry",
  "kitchen bread oven butter sugar recipe dinner apple",
  "court judge law witness contract appeal sentence crime",
  "football goal player coach match league stadium score",
  "doctor hospital patient nurse vaccine fever disease medicine",
  "market price bank money shares profit trade tax",
  "computer program network software error server memory code",
  "garden tree flower soil winter seeds forest leaves",
];
const common = "the and with under before small new often people two says quickly house about never good".split(" ");

/** First and last code point of the letters of a script; Latin stands in for those that are not listed. */
const letters = {
  Arab: [0x0627, 0x064a],
  Beng: [0x0995, 0x09b9],
  Cyrl: [0x0430, 0x044f],
  Deva: [0x0915, 0x0939],
  Ethi: [0x1200, 0x1240],
  Grek: [0x03b1, 0x03c9],
  Hans: [0x4e00, 0x4fff],
  Hant: [0x5000, 0x51ff],
  Hebr: [0x05d0, 0x05ea],
  Jpan: [0x3041, 0x3096],
  Kore: [0xac00, 0xaeff],
  Thai: [0x0e01, 0x0e2e],
  Latn: [0x61, 0x7a],
};

/** Number of topics, which labels are made from. */
export const topicCount = topics.length;

/**
 * Makes texts, no two of which are equal: each has a number of its own.
 * @param random generator of numbers from 0 up to 1
 */
export function textMaker(random) {
  let made = 0;
  const one = (list) => list[Math.floor(random() * list.length)];
  const foreign = (language) => {
    const [first, last] = letters[language.split("-")[1]] ?? letters.Latn;
    const letter = () => String.fromCodePoint(first + Math.floor(random() * (last - first + 1)));
    return Array.from({ length: 2 + Math.floor(random() * 4) }, letter).join("");
  };
  const words = (topic, number) => {
    const own = topics[topic % topics.length].split(" ");
    return Array.from({ length: number }, () => one(random() < 0.25 ? own : common));
  };
  const text = (topic, language, number = 4 + Math.floor(random() * 8)) => {
    made += 1;
    return `${[...words(topic, number), foreign(language)].join(" ")}, "${made}"`;
  };
  /** The same words with some left out, and others of the language beside them. */
  const near = (source, language, kept) => {
    made += 1;
    const left = source.split(/[ ,]+/).filter(() => random() < kept);
    return `${[...left, one(common), foreign(language)].join(" ")} (${made})`;
  };
  return { text, near, one, random };
}
