// Talks to the storage that a platform keeps for its tools
// (LTI Client Side postMessages 0.1, LTI Platform Storage 0.1).

const PATIENCE_MS = 4000;
// The platform's page may still be on its way to listening when ours asks: the same message is sent again until then.
const AGAIN_MS = 250;

function storageWindow(frameName) {
  const platform = window.opener || (window.parent !== window ? window.parent : null);
  if (!platform || frameName === "_parent") {
    return platform;
  }
  try {
    return platform.frames[frameName] || null;
  } catch (error) {
    return null; // another origin's frames cannot always be reached by name
  }
}

class NoAnswer extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/**
 * Sends one message to the storage and gives its answer; rejects after four seconds, or when the platform says no.
 * An answer counts only from the platform's own origin, for this message, of the matching kind. Where others came
 * instead, the error's `code` says what was wrong with the last of them.
 */
export function askStorage({ storageFrame, storageOrigin }, subject, content) {
  return new Promise((resolve, reject) => {
    const target = storageWindow(storageFrame);
    if (!target) {
      reject(new Error("no platform window"));
      return;
    }
    const messageId = crypto.randomUUID();
    let refused = "";
    const timer = setTimeout(() => settle(reject, new NoAnswer("no answer", refused)), PATIENCE_MS);

    const ask = () => target.postMessage({ subject, message_id: messageId, ...content }, storageOrigin);
    const again = setInterval(ask, AGAIN_MS);

    function settle(how, value) {
      clearTimeout(timer);
      clearInterval(again);
      window.removeEventListener("message", hear);
      how(value);
    }

    function hear(event) {
      const answer = event.data;
      if (!answer || typeof answer !== "object" || answer.subject !== `${subject}.response`) return;
      if (event.origin !== storageOrigin) {
        refused = "state.storage_origin";
      } else if (answer.message_id !== messageId) {
        refused = "state.storage_message";
      } else if (answer.error) {
        settle(reject, new Error("refused"));
      } else {
        settle(resolve, answer);
      }
    }

    window.addEventListener("message", hear);
    ask();
  });
}
