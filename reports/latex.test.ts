import { describe, expect, it } from "vitest";
import { escapeLatex, leaderboardLatex } from "./latex.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { stored, task } from "./testing/results.ts";

const tasks = [task("Sts_1"), task("Search", "Retrieval")];
const board = makeLeaderboard(
  [
    ...stored("acme/large_v2", { Sts_1: 0.8, Search: 0.5112 }),
    ...stored("acme/small", { Sts_1: 0.25, Search: 0.51121 }),
    ...stored("acme/half", { Sts_1: 0.5 }),
  ],
  tasks,
);

describe("the table for LaTeX", () => {
  it("has the best bold and the second underlined, equal ones alike, and notes as comments", () => {
    expect(leaderboardLatex({ ...board, scope: "over 2 of 3 tasks_" })).toBe(
      String.raw`% \usepackage{booktabs}
% over 2 of 3 tasks_
% (1) acme/half at main lacks 1 of 2 tasks, so it has no mean. Retrieval 1 of 1: Search
\begin{table}
  \centering
  \caption{Scores in percent, over 2 of 3 tasks\_. The best is bold, the second underlined.}
  \begin{tabular}{rllrrrr}
    \toprule
    Rank & Model & Revision & Mean (Task) & Mean (Type) & Retrieval & STS \\
    \midrule
    1 & acme/large\_v2 & main & \textbf{65.56} & \textbf{65.56} & 51.12 & \textbf{80.00} \\
    2 & acme/small & main & \underline{38.06} & \underline{38.06} & 51.12 & 25.00 \\
    3 & acme/half (1) & main & -- & -- & -- & \underline{50.00} \\
    \bottomrule
  \end{tabular}
\end{table}
`,
    );
  });

  it("by task has a row each, and compares along it", () => {
    const one = stored("a/x", { Sts_1: 0.5, Search: 1 });
    const lines = leaderboardLatex(makeLeaderboard(one, tasks, tasks, { by: "task" })).split("\n");
    expect(lines).toContain(String.raw`    Task & a/x \\`);
    // One model is not the best of several.
    expect(lines).toContain(String.raw`    Sts\_1 & 50.00 \\`);
    const two = [...one, ...stored("a/y", { Sts_1: 0.75, Search: 0 })];
    const text = leaderboardLatex(makeLeaderboard(two, tasks, tasks, { by: "task" }));
    expect(text).toContain(String.raw`    Sts\_1 & \underline{50.00} & \textbf{75.00} \\`);
    expect(text).toContain(String.raw`    Search & \textbf{100.00} & \underline{0.00} \\`);
  });

  it("escapes what LaTeX would take for its own", () => {
    expect(escapeLatex("50%_#$&{}~^\\ <a|b>\nend…")).toBe(
      String.raw`50\%\_\#\$\&\{\}\textasciitilde{}\textasciicircum{}\textbackslash{} \textless{}a\textbar{}b\textgreater{} end\ldots{}`,
    );
  });
});
