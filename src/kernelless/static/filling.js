// The numbers that a reader brings for a choice, in a program that runs.

/**
 * Let a program have the numbers of what is chosen before it is evaluated.
 * @param {ReturnType<typeof import("./program.js").load>} program
 * @param {import("./program.js").Program} written
 */
export function fills(program, written) {
  const evaluate = program.evaluate;
  program.evaluate = (settings) => {
    for (const [name, [at, before, ...brought]] of Object.entries(written.own ?? {})) {
      program.values[at].set(brought[settings[name] - before] ?? []);
    }
    return evaluate(settings, Object.values(written.own ?? {}).map(([at]) => at));
  };
  return program;
}
