// Compares an e-mail address with the fingerprints in a badge, here in the browser: the address is sent nowhere.
// Open Badges 3.0, IdentityObject: "sha256$" and the hex of SHA-256 over the identity followed by the salt.

const form = document.querySelector("[data-recipient]");
const answer = form.querySelector("[role=status]");
document.documentElement.classList.add("has-script");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = form.querySelector("input").value.trim();
  if (!typed) return;
  answer.textContent = (await isHolder(typed, JSON.parse(form.dataset.recipient)))
    ? "Yes: the badge was issued to this address."
    : "No: the badge was issued to another address, or to another spelling of it.";
});

async function isHolder(address, fingerprints) {
  for (const spelling of new Set([address, address.toLowerCase()])) {
    for (const { hash, salt } of fingerprints) {
      if ((await fingerprint(spelling + salt)) === hash.toLowerCase()) return true;
    }
  }
  return false;
}

async function fingerprint(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return "sha256$" + [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
