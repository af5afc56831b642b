// Fetches the proof that the login left in the platform's storage, and posts the launch again with it. Whether it
// is the right one is for the server to say.

import { askStorage } from "./platform_storage.js";

const form = document.getElementById("lti-storage");

try {
  const answer = await askStorage(form.dataset, "lti.get_data", { key: form.dataset.storageKey });
  if (typeof answer.value !== "string" || !answer.value) throw new Error("nothing kept");
  form.elements.proof.value = answer.value;
  form.submit();
} catch (error) {
  if (error.code) document.getElementById("refusal-code").textContent = error.code;
  document.getElementById("lti-progress").hidden = true;
  document.getElementById("lti-failed").hidden = false;
}
