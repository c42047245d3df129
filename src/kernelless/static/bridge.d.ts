// What runtime.py writes for later.js, for the type checker.

/** Where further scripts are, from where the first one came: that of a module, and under "" that of all others. */
export const FILES: Record<string, string>;
/** What their modules take from the first. */
export const bridge: () => Record<string, unknown>;
