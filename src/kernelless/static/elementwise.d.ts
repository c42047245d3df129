// What runtime.py writes out of ops.py, for the type checker: a loop for each elementwise operation.

/** Writes n results to `out`; the strides i, j and l are 0 where an argument is one value for all. */
type Loop = (out: Float64Array, n: number, a: Float64Array, i: number, b: Float64Array, j: number, c: Float64Array,
  l: number) => void;
export const ELEMENTWISE: Record<string, Loop>;
