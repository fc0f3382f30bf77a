/** Faults of data: each changes the rows of a data set in place and returns how many it planted. */
import { generator } from "../random.mjs";

/** Draws some of a list's places, the same ones each time. */
function drawn(list, count, seed) {
  const random = generator(seed);
  const places = list.map((_, place) => place);
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (places.length - i));
    [places[i], places[other]] = [places[other], places[i]];
  }
  return places.slice(0, count);
}

const long = (rows) => rows.filter(({ text }) => text.length > 40);

/** Lightly edits a text: another case, a mistyped word, and a word more. */
function edited(text, i) {
  const words = text.trim().split(/\s+/);
  const longest = words.reduce((best, word, at) => (word.length > words[best].length ? at : best), 0);
  const word = words[longest];
  if (i % 2 === 0) words[longest] = `${word.slice(0, 2)}${word.slice(3)}`;
  else words.unshift("so");
  return words.join(" ").toUpperCase().replace(/[.?]$/, " !");
}

const german = [
  "Ich habe meine Karte gestern im Supermarkt verloren und brauche eine neue",
  "Warum wurde mir für die Überweisung eine Gebühr berechnet?",
  "Wie lange dauert es, bis das Geld auf meinem Konto ankommt?",
  "Bitte sperren Sie mein Konto, jemand hat mein Telefon gestohlen",
  "Könnten Sie mir erklären, weshalb der Wechselkurs so schlecht ist?",
  "Meine Zahlung wurde abgelehnt, obwohl genügend Guthaben vorhanden war",
  "Welche Unterlagen werden für die Prüfung meiner Identität benötigt?",
  "Das Aufladen über die Kreditkarte funktioniert seit heute Morgen nicht mehr",
  "Wo finde ich die nächste Filiale, in der ich Bargeld einzahlen darf?",
  "Der Geldautomat hat meine Karte eingezogen und nicht zurückgegeben",
];
const russian = [
  "Я потерял карту вчера вечером",
  "Почему с меня взяли комиссию за перевод?",
  "Когда деньги поступят на мой счёт?",
  "Заблокируйте мой счёт, пожалуйста",
  "Мой платёж был отклонён без причины",
];

export const faults = [
  {
    name: "labels of one class shuffled",
    base: "banking",
    withModels: true,
    expected: ["label-of-many-doubted"],
    plant: ({ test }) => {
      const random = generator(1);
      const own = test.filter(({ label }) => label === 3);
      for (const row of own) row.label = Math.floor(random() * 12);
      const others = test.filter(({ label }) => label !== 3);
      for (const at of drawn(others, own.length, 2)) others[at].label = 3;
      return own.length;
    },
  },
  {
    name: "labels of two classes exchanged in the test rows",
    base: "banking",
    withModels: true,
    expected: ["label-of-many-doubted"],
    plant: ({ test }) => {
      const both = test.filter(({ label }) => label === 1 || label === 2);
      for (const row of both) row.label = 3 - row.label;
      return both.length;
    },
  },
  {
    name: "wrong labels of a twentieth of the test rows",
    base: "banking",
    withModels: true,
    expected: ["label-doubted"],
    plant: ({ test }) => {
      const rows = drawn(test, Math.round(test.length / 20), 3);
      rows.forEach((at, i) => {
        test[at].label = (test[at].label + 1 + (i % 11)) % 12;
      });
      return rows.length;
    },
  },
  {
    name: "test rows copied into the training rows",
    base: "banking",
    expected: ["test-text-in-training"],
    plant: ({ train, test }) => {
      for (const at of drawn(test, 40, 4)) train.push({ ...test[at] });
      return 40;
    },
  },
  {
    name: "test rows copied into the training rows, lightly edited",
    base: "banking",
    expected: ["test-text-nearly-in-training"],
    plant: ({ train, test }) => {
      const rows = long(test);
      drawn(rows, 40, 5).forEach((at, i) => {
        train.push({ ...rows[at], text: edited(rows[at].text, i) });
      });
      return 40;
    },
  },
  {
    name: "test rows again with another label",
    base: "banking",
    expected: ["row-contradicted"],
    plant: ({ test }) => {
      for (const at of drawn(test, 20, 6)) test.push({ ...test[at], label: (test[at].label + 5) % 12 });
      return 20;
    },
  },
  {
    name: "test rows again in capitals with another label",
    base: "banking",
    expected: ["row-nearly-contradicted"],
    plant: ({ test }) => {
      for (const at of drawn(test, 20, 7)) {
        test.push({ text: `${test[at].text.trim().toUpperCase()} !!`, label: (test[at].label + 5) % 12 });
      }
      return 20;
    },
  },
  {
    name: "test rows twice",
    base: "banking",
    expected: ["row-repeated"],
    plant: ({ test }) => {
      for (const at of drawn(test, 30, 8)) test.push({ ...test[at] });
      return 30;
    },
  },
  {
    name: "texts cut after 30 characters, a fifth of them",
    base: "banking",
    expected: ["texts-cut"],
    plant: ({ test }) => {
      const rows = test.filter(({ text }) => text.length > 36);
      const places = drawn(rows, Math.round(test.length / 5), 9);
      for (const at of places) rows[at].text = rows[at].text.slice(0, 30);
      return places.length;
    },
  },
  {
    name: "test rows in German",
    base: "banking",
    expected: ["text-unlike-others"],
    plant: ({ test }) => {
      drawn(test, german.length, 10).forEach((at, i) => {
        test[at].text = german[i];
      });
      return german.length;
    },
  },
  {
    name: "test rows in Russian",
    base: "banking",
    expected: ["text-unlike-others"],
    plant: ({ test }) => {
      drawn(test, russian.length, 11).forEach((at, i) => {
        test[at].text = russian[i];
      });
      return russian.length;
    },
  },
  {
    name: "UTF-8 read as Latin 1",
    base: "banking",
    expected: ["text-garbled"],
    plant: ({ test }) => {
      drawn(test, 10, 12).forEach((at) => {
        test[at].text = Buffer.from(`${test[at].text} – à l’hôtel`, "utf8").toString("latin1");
      });
      return 10;
    },
  },
  {
    name: "scores of a twentieth of the pairs inverted",
    base: "sts",
    withModels: true,
    expected: ["score-doubted"],
    plant: ({ test }) => {
      const outer = test.filter(({ score }) => score <= 1 || score >= 4);
      const places = drawn(outer, Math.round(test.length / 20), 13);
      for (const at of places) outer[at].score = 5 - outer[at].score;
      return places.length;
    },
  },
  {
    name: "test pairs in the training split, the other way round",
    base: "sts",
    expected: ["row-in-other-split"],
    plant: ({ train, test }) => {
      for (const at of drawn(test, 40, 14)) {
        const { sentence1, sentence2, score } = test[at];
        train.push({ sentence1: sentence2, sentence2: sentence1, score });
      }
      return 40;
    },
  },
  {
    name: "pairs again with an opposite score",
    base: "sts",
    expected: ["row-contradicted"],
    plant: ({ test }) => {
      for (const at of drawn(test, 20, 15)) test.push({ ...test[at], score: test[at].score > 2.5 ? 0 : 5 });
      return 20;
    },
  },
  {
    name: "pairs of one text twice with a low score",
    base: "sts",
    expected: ["pair-alike-judged-unlike"],
    plant: ({ test }) => {
      for (const at of drawn(test, 20, 16)) Object.assign(test[at], { sentence2: test[at].sentence1, score: 1 });
      return 20;
    },
  },
  {
    name: "corpus twice, under other ids",
    base: "search",
    expected: ["relevant-copy-unjudged", "document-text-repeated"],
    plant: ({ corpus, qrels }) => {
      corpus.push(...corpus.map(({ _id, text }) => ({ _id: `copy-${_id}`, text })));
      return qrels.filter(({ score }) => score > 0).length;
    },
  },
  {
    name: "judgements of a fourth of the queries swapped",
    base: "search",
    withModels: true,
    expected: ["document-preferred", "query-unsolved"],
    plant: ({ queries, qrels }) => {
      const places = drawn(queries, 16, 17).map((at) => queries[at]._id);
      const other = new Map(places.map((id, i) => [id, places[(i + 1) % places.length]]));
      for (const row of qrels) row["query-id"] = other.get(row["query-id"]) ?? row["query-id"];
      return places.length;
    },
  },
  {
    name: "ids of documents mixed up, all but one in five",
    base: "search",
    withModels: true,
    expected: ["document-preferred", "query-unsolved"],
    plant: ({ corpus, queries }) => {
      const places = drawn(corpus, Math.round(0.8 * corpus.length), 18);
      const ids = places.map((at) => corpus[at]._id);
      places.forEach((at, i) => {
        corpus[at]._id = ids[(i + 1) % ids.length];
      });
      return Math.round(queries.length / 2);
    },
  },
  {
    name: "relevant documents emptied",
    base: "search",
    expected: ["relevant-document-empty", "document-empty"],
    plant: ({ corpus, qrels }) => {
      const relevant = new Set(qrels.filter(({ score }) => score > 0).map((one) => one["corpus-id"]));
      const own = corpus.filter(({ _id }) => relevant.has(_id));
      for (const at of drawn(own, 20, 19)) own[at].text = " ";
      return 20;
    },
  },
  {
    name: "judged documents missing from the corpus",
    base: "search",
    expected: ["judged-document-unknown"],
    plant: ({ corpus, qrels }) => {
      const judged = new Set(qrels.map((one) => one["corpus-id"]));
      const own = corpus.filter(({ _id }) => judged.has(_id));
      for (const at of drawn(own, 20, 20)) corpus.splice(corpus.indexOf(own[at]), 1);
      return 20;
    },
  },
  {
    name: "queries in the corpus",
    base: "search",
    expected: ["query-among-documents"],
    plant: ({ corpus, queries }) => {
      drawn(queries, 20, 21).forEach((at, i) => {
        corpus.push({ _id: `q-copy-${i}`, text: queries[at].text });
      });
      return 20;
    },
  },
];
