// <button data-copy="id of a text field">. Inside an LMS's frame navigator.clipboard is often forbidden; the older
// command still works there.

import { say } from "./live.js";

export function enableCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
  }
}

async function copy(field) {
  field.focus();
  field.select();
  say((await copied(field.value)) ? "Copied." : "Press Ctrl+C to copy the link.");
}

async function copied(text) {
  if (document.execCommand("copy")) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
