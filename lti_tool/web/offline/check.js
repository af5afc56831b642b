// Checks the badge in this file: RS256, ES256 or EdDSA by the browser's own WebCrypto, with the keys that the file brings.
// Open Badges 3.0, section 8.2 (JSON Web Token proof format): the payload is the credential with iss, sub, nbf and exp.
(async () => {
  "use strict";
  const known = JSON.parse(document.getElementById("badge").textContent);
  const verdict = document.getElementById("verdict");
  const checks = document.getElementById("checks");
  const outcomes = [];
  let isUnknownHere = false;

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const json = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(part)));
  const text = (value) => (typeof value === "string" ? value : "");
  const list = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
  const day = (value) => new Date(value).toLocaleDateString(undefined, { dateStyle: "long" });

  function say(kind, words, more) {
    verdict.className = `verdict verdict--${kind}`;
    verdict.querySelector("h1").textContent = words;
    verdict.querySelector("p").textContent = more;
  }

  function check(title, holds, sentence) {
    const line = document.createElement("li");
    const head = document.createElement("strong");
    head.textContent = `${holds === null ? "Not checked" : holds ? "Passed" : "Failed"}: ${title}`;
    const more = document.createElement("span");
    more.textContent = sentence;
    line.append(head, more);
    checks.append(line);
    outcomes.push(holds);
    return holds === true;
  }

  function fact(name, value) {
    document.querySelector(`[data-fact=${name}]`).textContent = value || "not stated";
  }

  // What the signature algorithm of a badge asks of WebCrypto, and the members of its keys in the order of RFC 7638.
  const algorithms = {
    RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", members: ["e", "kty", "n"] },
    ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256", members: ["crv", "kty", "x", "y"] },
    EdDSA: { name: "Ed25519", members: ["crv", "kty", "x"] },
  };
  const publicOf = (key) => Object.fromEntries(algorithms[key.alg].members.map((name) => [name, key[name]]));

  async function fingerprint(key) {
    const canonical = JSON.stringify(publicOf(key));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
    return btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  // null where the browser does not know the kind of key, as older ones Ed25519.
  async function imported(key) {
    try {
      return await crypto.subtle.importKey("jwk", publicOf(key), algorithms[key.alg], false, ["verify"]);
    } catch (problem) {
      if (problem.name === "NotSupportedError") return null;
      throw problem;
    }
  }

  async function signed(parts, key) {
    const data = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
    return crypto.subtle.verify(algorithms[key.alg], await imported(key), bytes(parts[2]), data);
  }

  function show(credential) {
    const subject = credential.credentialSubject ?? {};
    const achievement = subject.achievement ?? {};
    const named = list(subject.identifier).find((one) => one.hashed === false && one.identityType === "name");
    fact("name", text(achievement.name));
    fact("description", text(achievement.description));
    fact("criteria", text(achievement.criteria?.narrative) || text(achievement.criteria?.id));
    fact("issuer", [text(credential.issuer?.name), text(credential.issuer?.id)].filter(Boolean).join(", "));
    fact("holder", text(named?.identityHash) || "not named");
    const since = text(credential.awardedDate) || text(credential.validFrom);
    fact("awarded", since && day(since));
    for (const item of list(credential.evidence)) {
      const line = document.createElement("li");
      line.textContent = [text(item.name), text(item.narrative)].filter(Boolean).join(": ");
      document.querySelector("[data-fact=evidence]").append(line);
    }
  }

  async function examine() {
    const parts = known.jwt.split(".");
    const header = json(parts[0]);
    const credential = json(parts[1]);
    const key = header.alg in algorithms && known.keys.find((one) => one.kid === header.kid && one.alg === header.alg);
    if (key && (await imported(key)) === null) {
      isUnknownHere = true;
      check("The issuer signed it", null, "This browser does not know this kind of signature (Ed25519).");
      return;
    }
    if (!check("The issuer signed it", Boolean(key) && key.controller === known.issuer && credential.iss === known.issuer,
      key ? "The key is one of the issuer's own, as known on the day of this file." : "The key is none of those that the issuer had.")) return;
    fact("fingerprint", await fingerprint(key));
    if (!check("It is unchanged since it was signed", await signed(parts, key), "The signature was compared with every letter of the badge.")) return;
    if (!check("Badge and signature name the same issuer", credential.issuer?.id === credential.iss && credential.id === credential.jti, "Both must be of one and the same issuer.")) return;
    show(credential);
    const now = Date.now() / 1000;
    check("It is valid today", !(credential.nbf > now + 60) && !(credential.exp <= now),
      credential.exp ? `It is valid until ${day(credential.exp * 1000)}.` : "It does not expire.");
    check("It was not withdrawn", known.withdrawn ? false : null,
      known.withdrawn ? "It had been withdrawn when this file was made." : `It had not been withdrawn on ${day(known.knownAt)}.`);
  }

  try {
    if (!globalThis.crypto?.subtle) throw new Error("no WebCrypto");
    await examine();
  } catch {
    check("It can be read", false, "The badge in this file is damaged, or this browser cannot check signatures.");
  }
  if (outcomes.slice(0, 3).includes(false)) say("bad", "Changed or forged", "Nothing of what this badge says can be relied on.");
  else if (isUnknownHere) say("unsure", "This browser cannot check it", "Open this file in a newer browser. Until then nothing is known of the badge.");
  else if (known.withdrawn) say("bad", "Withdrawn", `The issuer had withdrawn it by ${day(known.knownAt)}.`);
  else if (outcomes.includes(false)) say("bad", "Not valid today", "It is genuine, and outside the time that it is valid for.");
  else say("good", "Genuine, and valid as far as can be told offline", `It had not been withdrawn on ${day(known.knownAt)}.`);
})();
