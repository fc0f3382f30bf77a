/** What all retrieval tasks share. */
export const retrieval = {
  type: "Retrieval",
  mainScore: "ndcg_at_10",
  settings: { ignoreIdenticalIds: false },
} as const;

/** For collections that hold the queries themselves. */
export const leaveOutSelf = { ignoreIdenticalIds: true } as const;
