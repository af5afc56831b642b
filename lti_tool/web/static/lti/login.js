// Finds out how this browser will be recognised when the platform sends it back, then goes on to the platform:
// the platform's storage, else our cookie, else a new window.

import { askStorage } from "./platform_storage.js";

const login = document.getElementById("lti-login").dataset;

async function keptByPlatform() {
  if (!login.storageKey) return false;
  try {
    await askStorage(login, "lti.put_data", { key: login.storageKey, value: login.storageValue });
    return true;
  } catch (error) {
    return false;
  }
}

async function cookieState() {
  try {
    const answer = await fetch(login.cookieCheckUrl, { credentials: "same-origin", cache: "no-store" });
    return (await answer.json()).cookie;
  } catch (error) {
    return "none";
  }
}

function offerNewWindow() {
  document.getElementById("lti-progress").hidden = true;
  document.getElementById("lti-new-window").hidden = false;
}

if (await keptByPlatform()) {
  window.location.replace(login.authUrl);
} else {
  const cookie = await cookieState();
  if (cookie === "same") {
    window.location.replace(login.authUrl);
  } else if (cookie === "other") {
    window.location.replace(login.continueUrl); // another frame set its cookie after ours: begin again with it
  } else {
    offerNewWindow();
  }
}
