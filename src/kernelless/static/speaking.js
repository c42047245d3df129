// What is said, once a reader has stopped moving: what changed and what came of it. And what the plot shows, in words.

/** @typedef {{label: string, words: string}} Said a setting or a readout, and what it says */
/** @typedef {{settings: Said[], readouts: Said[], states: string[], unseen: string}} Moment all that a figure says at once */

/**
 * Parts as sentences, each with one full stop, whether or not it came with its own.
 * @param {string[]} parts
 * @returns {string}
 */
const sentences = (parts) => parts.filter(Boolean).map((words) => `${words.replace(/\.$/, "")}.`).join(" ");

/**
 * One short announcement: the setting that changed, or how many; the first readout that moved; states that turned.
 * @param {Moment} before
 * @param {Moment} now
 * @returns {string} nothing where nothing changed
 */
export function announcement(before, now) {
  /** @type {(said: Said[], old: Said[]) => string[]} */
  const moved = (said, old) => said.filter((s, k) => s.words !== old[k].words).map((s) => `${s.label}: ${s.words}`);
  const settings = moved(now.settings, before.settings), first = moved(now.readouts, before.readouts).slice(0, 1);
  const turned = now.states.filter((words, k) => words !== before.states[k]);
  const lost = now.unseen === before.unseen ? "" : now.unseen;
  const what = settings.length > 2 ? [`${settings.length} settings changed`] : settings;
  return sentences([...what, ...first, ...turned, lost]);
}

/**
 * What the plot shows, for a reader who cannot see it.
 * @param {string} title
 * @param {Moment} now
 * @returns {string}
 */
export const description = (title, { settings, readouts, states, unseen }) => {
  const told = [settings, readouts].map((said) => said.map((s) => `${s.label}: ${s.words}`).join("; "));
  return sentences([title, ...told, ...states, unseen]);
};
