// Answer boxes: the reply is looked up in the list of intervals that exercises/__init__.py wrote, as check() does.

const ANSWER = /^[$\s]*([-+−]?(?:\d[\d,_ ]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zµ%]*)/i;

/** A typed answer in base units; NaN if it is not a number. */
function parseAnswer(typed, suffixes) {
  const found = ANSWER.exec(typed);
  if (!found) return NaN;
  const value = Number(found[1].replace(/[,_ ]/g, "").replace("−", "-"));
  const suffix = found[2].toLowerCase();
  return value * (Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : 1);
}

/** The reply to a typed answer, and whether it settles the exercise: as Exercise.reply. */
function replyTo(spec, typed) {
  const value = parseAnswer(typed, spec.suffixes);
  const found = spec.cases.find(([low, high]) => Number(low) <= value && value <= Number(high));
  return found ? found.slice(2) : [`That is not a number. Write one such as ${spec.example}.`, false];
}

/** Bring one answer box to life. */
function startExercise(root) {
  const data = root.querySelector("script.exercise-spec");
  root.dataset.ready = "true";
  if (!data) return;
  const spec = JSON.parse(data.textContent), form = root.querySelector("form"), reply = root.querySelector(".exercise-reply");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [words, settled] = replyTo(spec, form.querySelector("input").value);
    reply.textContent = words;
    reply.dataset.settled = String(settled);
    if (settled) root.querySelector("details").open = true;
  });
}
