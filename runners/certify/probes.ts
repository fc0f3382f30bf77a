import { textsOfLength } from "../bench/made-up-texts.ts";

/** What is peculiar about a text, which a tokenizer or a server may treat in its own way. */
export type ProbeKind = "plain" | "capitals" | "accents" | "CJK" | "white space" | "signs" | "long";

export interface Probe {
  readonly kind: ProbeKind;
  readonly text: string;
}

const short: Readonly<Record<Exclude<ProbeKind, "long">, readonly string[]>> = {
  // Small letters, no signs: every tokenizer of the model's own vocabulary reads them alike.
  plain: [
    "river",
    "a cold morning by the sea",
    "the price of bread rose again this winter",
    "how do trees turn light into sugar",
    "two children learn to play the piano in the old school house",
    "the doctor told him to walk for an hour every day and to drink less coffee",
    "after the storm the fishermen came back with empty nets and broken masts",
    "cancel my card it was stolen",
    "a history of the war between the two kingdoms and of the peace that followed it",
    "which engine needs less fuel in a small car",
  ],
  capitals: ["The Queen of Denmark visited Paris in May", "NATO AND THE EU MET IN BERLIN", "iPhone and eBay"],
  accents: [
    "crème brûlée au café près de la forêt",
    "der Bär fährt über die Straße",
    "el niño comió piñata en el jardín",
  ],
  CJK: ["東京は日本の首都です", "我喜欢在图书馆看书", "서울의 날씨가 좋습니다"],
  "white space": ["  a text with blanks around it  ", "one line\nand another line", "many   blanks\tand a tab"],
  signs: [
    "is it 3.5 % or $20, really?!",
    "user@example.com wrote: see https://example.com/a?b=c",
    "good 👍 + bad 👎 = ½",
  ],
};

/** Words of the long texts, each of which holds the one before it. */
const longWords = [12, 24, 48, 96, 192, 384, 768] as const;
const seed = 43;
const [longest] = textsOfLength(longWords[longWords.length - 1], 1, seed);

/** Returns the first words of the longest text. */
export const firstWords = (count: number): string => longest.split(" ").slice(0, count).join(" ");

/** Returns its last words. */
export const lastWords = (count: number): string => longest.split(" ").slice(-count).join(" ");

/** All texts that a server is asked about. */
export const probes: readonly Probe[] = [
  ...Object.entries(short).flatMap(([kind, texts]) => texts.map((text) => ({ kind: kind as ProbeKind, text }))),
  ...longWords.map((count): Probe => ({ kind: "long", text: firstWords(count) })),
];

/** Ways in which a server may change a text before it reads it. */
export const textChanges: readonly { readonly told: string; readonly change: (text: string) => string }[] = [
  { told: "it makes capitals small", change: (text) => text.toLowerCase() },
  {
    told: "it does not make capitals small, so that their words are unknown",
    change: (text) => text.replace(/\S*\p{Lu}\S*/gu, "[UNK]"),
  },
  { told: "it strips accents", change: (text) => text.normalize("NFD").replace(/\p{M}/gu, "") },
  {
    told: "it strips accents and makes capitals small",
    change: (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(),
  },
  { told: "it drops all characters beyond ASCII", change: (text) => text.replace(/[^\p{ASCII}]/gu, "") },
  { told: "it normalizes characters (NFKC)", change: (text) => text.normalize("NFKC") },
  { told: "it cuts off the blanks around a text", change: (text) => text.trim() },
  { told: "it makes line breaks blanks", change: (text) => text.replace(/\n/g, " ") },
  { told: "it makes one blank of all white space", change: (text) => text.trim().replace(/\s+/g, " ") },
];
