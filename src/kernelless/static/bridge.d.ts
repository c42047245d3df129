// What runtime.py writes for later.js, for the type checker.

/** Where the second script is, from where the first one came. */
export const LATER: string;
/** What the modules of the second script take from the first. */
export const bridge: () => Record<string, unknown>;
