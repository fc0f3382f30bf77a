/** Linear algebra in float64, by ml-matrix. */
export { CholeskyDecomposition, EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
