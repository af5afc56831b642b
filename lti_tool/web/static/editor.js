// Spares the editor its reloads. Without this file every button sends the form and the server answers with the page.

import { say } from "./app/live.js";

const PAUSE_MS = 350;
const form = document.getElementById("editor");
const rule = document.getElementById("rule");
const forecast = document.getElementById("forecast");
const whyNot = document.getElementById("why-not");
let timer = 0;
let latest = 0;

// Buttons that change the rule: their values name a part of it ("up:rule.1").
form.addEventListener("submit", (event) => {
  const operation = event.submitter?.name === "op" ? event.submitter.value : "check";
  if (event.submitter?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    whyNot.querySelector("a")?.focus();
    return;
  }
  if (operation !== "check" && !operation.includes(":rule")) return;
  event.preventDefault();
  clearTimeout(timer);
  if (operation !== "check") withdrawQuestion();
  send(operation);
});

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-design]") && !wordsAreDrawn(event.target)) showPicture();
  if (event.target.matches("#upload")) showUpload(event.target.files[0]);
  const isRule = event.target.name?.startsWith("rule");
  const asks = isRule || wordsAreDrawn(event.target) || document.getElementById("errors");
  if (!asks) return;
  if (event.target.matches("[data-joiner]")) showCount(event.target);
  if (isRule) withdrawQuestion();
  clearTimeout(timer);
  timer = setTimeout(() => send("check"), PAUSE_MS);
});

// What was chosen before this file had loaded, or what the browser restored, is asked about as well.
if ([...rule.querySelectorAll("select, input")].some(isChanged)) send("check");

function isChanged(control) {
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  const preset = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(preset, 0);
}

async function send(operation) {
  const turn = ++latest;
  const fields = new FormData(form);
  fields.delete("upload");
  fields.delete("rule_file");
  fields.set("op", operation);
  forecast.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(rule.dataset.send, {
      method: "POST",
      headers: { "X-Launch-Token": document.body.dataset.launchToken, Accept: "application/json" },
      body: fields,
    });
    const answer = await response.json();
    if (turn !== latest) return; // something newer was asked meanwhile
    if (response.ok) show(answer, operation);
    else complain(`${answer.error.message} ${answer.error.hint ?? ""}`.trim());
  } catch {
    if (turn === latest) complain("The server did not answer. What you typed is still here; try again.");
  } finally {
    if (turn === latest) forecast.removeAttribute("aria-busy");
  }
}

function show(answer, operation) {
  const open = new Set([...forecast.querySelectorAll("details[open]")].map((found) => found.id));
  forecast.innerHTML = answer.forecast;
  for (const found of forecast.querySelectorAll("details")) found.open = open.has(found.id);
  dropWhatIsRight(new Set(answer.open));
  showWhyNot(answer.why_not);
  ask(answer.question);
  if (answer.picture !== undefined) showDrawn(answer.picture);
  if (answer.rule === undefined) return;
  rule.innerHTML = answer.rule;
  focusOn(answer.focus, operation);
  say(answer.said);
}

// What has been put right leaves the summary, and the summary leaves with the last of it. Whether an uploaded file is
// right is known only once it is sent.
function dropWhatIsRight(stillWrong) {
  const summary = document.getElementById("errors");
  for (const line of summary?.querySelectorAll("li") ?? []) {
    const field = line.querySelector("a").getAttribute("href").slice(1);
    if (field !== "upload" && !stillWrong.has(field)) line.remove();
  }
  if (summary && !summary.querySelector("li")) summary.remove();
}

// After a move the focus stays on the same button of the moved row, so that it can be pressed again.
function focusOn(path, operation) {
  const verb = operation.split(":")[0];
  const row = path ? document.getElementById(path) : rule;
  const again = row?.querySelector(`button[value="${CSS.escape(verb)}:${CSS.escape(path)}"]`);
  const isMove = verb === "up" || verb === "down";
  const first = row?.querySelector("select, input:not([type=hidden]), button") ?? rule;
  ((isMove && again) || first).focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

// Said where the answer would have been.
function complain(text) {
  const message = document.createElement("p");
  message.className = "field-error mt-0";
  message.role = "alert";
  message.textContent = text;
  forecast.replaceChildren(message);
}

// A rule that cannot count is not published: the button stays in its place, grey, and says why.
function showWhyNot(reason) {
  whyNot.innerHTML = reason;
  for (const button of form.querySelectorAll("[data-needs-rule]")) {
    if (whyNot.querySelector("a")) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

// For whom a changed rule counts is asked where it would be saved, as soon as it is another one.
function ask(question) {
  if (document.querySelector("#confirm [name=asked_about]")) withdrawQuestion();
  if (!question) return;
  const foot = document.getElementById("plain-foot");
  foot.insertAdjacentHTML("beforebegin", question);
  foot.hidden = true;
}

// "Award 3 learners now?" was asked about another rule: it has to be asked again.
function withdrawQuestion() {
  document.getElementById("confirm")?.remove();
  document.getElementById("plain-foot")?.removeAttribute("hidden");
}

function showCount(select) {
  const count = select.nextElementSibling;
  count?.classList.toggle("count--idle", select.value !== "at_least" && select.value !== "credits");
}

function showPicture() {
  const preview = document.getElementById("preview");
  const own = preview.dataset.own;
  const drawInstead = document.getElementById("draw_instead");
  if (own && drawInstead && !drawInstead.checked) {
    preview.src = own;
    preview.alt = "Your own picture";
    return;
  }
  const [colour, shape, symbol] = ["colour", "shape", "symbol"].map((id) => document.getElementById(id));
  preview.src = `/draw/${colour.value}/${shape.value}/${symbol.value}.png`;
  preview.alt = [colour, shape, symbol].map((one) => one.selectedOptions[0].text).join(", ");
}

// A picture with words on it is drawn by the server; without any, each has an address of its own.
function wordsAreDrawn(control) {
  if (!control.matches("[data-design]")) return false;
  return control.id === "words" || document.getElementById("words").value.trim() !== "";
}

function showDrawn(picture) {
  const problem = document.getElementById("words-error");
  problem.textContent = picture.error;
  problem.hidden = !picture.error;
  if (document.getElementById("upload").files.length > 0) return;
  const preview = document.getElementById("preview");
  preview.src = picture.src;
  preview.alt = picture.alt;
}

// The page's policy allows data: pictures, not blob: ones.
function showUpload(file) {
  if (!file) return showPicture();
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const preview = document.getElementById("preview");
    preview.src = reader.result;
    preview.alt = "Your own picture";
  });
  reader.readAsDataURL(file);
}
