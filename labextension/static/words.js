/* What toolbar, palette, launcher, side panel and menus say. */

import { language } from "./page.js";
import { TRANSLATIONS } from "./translations.js";

/** Mark a text for translation: `script/messages` finds it. */
const _ = (text) => text;

const WORDS = {
  category: _("Network lab"),
  play: _("Play"),
  live: _("Live"),
  terminal: _("Terminal"),
  why: _("Why?"),
  break: _("Break"),
  reset: _("Reset"),
  playFull: _("Play this lesson step by step"),
  liveFull: _("Live picture of the network"),
  terminalFull: _("Terminal inside the lab"),
  whyFull: _("Why did the last ping fail?"),
  breakFull: _("Break something, to practise"),
  resetFull: _("Reset the lab to a bare host"),
  hintFull: _("Hint to what is broken"),
  graphFull: _("Draw the network"),
  fullFull: _("Picture at full size"),
  playTip: _("plays this notebook step by step"),
  liveTip: _("a picture that follows the network"),
  terminalTip: _("a shell inside the lab"),
  whyTip: _("asks about the last ping that failed"),
  whyTipAny: _("asks why a ping gets no answer"),
  breakTip: _("breaks one thing, for you to find"),
  resetTip: _("removes everything that was built"),
  terminalIn: _("Terminal in {0}"),
  whyPing: _("{0} to {1}: why no answer?"),
  level: _("Level {0}"),
  level1: _("easy"),
  level2: _("takes a search"),
  level3: _("several at once"),
  hint: _("Give a hint"),
  check: _("Is it fixed?"),
  putBack: _("Put it back"),
  noLab: _("Open a notebook with the kernel nslab first."),
  lessons: _("Lessons"),
  noLessons: _("There are no lessons in this folder. `nslab lab` opens JupyterLab on a copy of them."),
  continue: _("Continue"),
  start: _("Start"),
  startAgain: _("Start again"),
  startAgainTitle: _("Start {0} again?"),
  startAgainBody: _("The lesson is opened as it came. What you have now is kept beside it as {0}."),
  cancel: _("Cancel"),
  notShipped: _("This notebook didn't come with nslab, so there is no fresh copy of it."),
  copies: _("These are your copies, in {0}. Starting again keeps your old copy beside the new one."),
  passed: _("{0} of {1} checkpoints passed"),
  checkpoint: _("Checkpoint"),
  thisLab: _("This lab: {0}"),
  noLabRuns: _("No lab is running."),
  namespaces: _("{0} namespaces"),
  namespace: _("1 namespace"),
  bridges: _("{0} bridges"),
  bridge: _("1 bridge"),
  outside: _("world outside"),
  continueCard: _("Continue: {0}"),
  startCard: _("Start: {0}"),
  continueNext: _("{0} · {1} of {2} checkpoints. Next: {3}"),
  allLessons: _("All lessons"),
  emptyNotebook: _("Empty lab notebook"),
  live_card: _("Live picture"),
  copy: _("Copy"),
  copied: _("Copied"),
  runInCell: _("Run in a new cell"),
  ran: _("Ran"),
  undo: _("Undo"),
  keep: _("Keep as a cell"),
  failed: _("Failed:"),
  newCell: _("A new cell runs"),
  runsNow: _("Runs at once"),
  opens: _("Opens a terminal:"),
  fullSize: _("Full size"),
  close: _("Close"),
  busy: _("The kernel is busy. Try again when the cell is done."),
  another: _("Another address …"),
  anotherAsk: _("Address or name"),
  ok: _("OK"),
  choose: _("Language of the lessons"),
};

/** A text in the language of the moment, its `{0}`, `{1}` filled in. */
export function say(key, ...values) {
  const text = TRANSLATIONS[language.now]?.[WORDS[key]] ?? WORDS[key];
  return text.replace(/\{(\d)\}/g, (_, number) => values[number] ?? "");
}

/** A text as it is in each language. */
export const everywhere = (key) => [WORDS[key], ...Object.values(TRANSLATIONS).map((known) => known[WORDS[key]] ?? WORDS[key])];

/** A number of things: "1 bridge", "2 bridges". */
export const count = (one, many, number) => say(number === 1 ? one : many, number);
