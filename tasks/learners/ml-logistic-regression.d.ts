declare module "ml-logistic-regression" {
  import type { Matrix } from "ml-matrix";

  /** One-vs-rest logistic regression by plain gradient descent, without intercept. */
  class LogisticRegression {
    constructor(options: { numSteps: number; learningRate: number });
    /** `labels` is a column of 0 … classes − 1. */
    train(rows: Matrix, labels: Matrix): void;
    predict(rows: Matrix): number[];
  }
  export = LogisticRegression;
}
