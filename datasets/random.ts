/** The reference's generators of chance, bit for bit, as plain values: the seed decides everything. */
export { type LegacyNumpyRandom, legacyNumpyRandom, type NumpyGenerator, numpyGenerator } from "./random/numpy.ts";
export { type PythonRandom, pythonRandom } from "./random/python.ts";
