// The page around a tool's frame: says what it can do, and gives the frame the height it asks for.
(() => {
  const HIGHEST = 20000;
  const origins = new Set(JSON.parse(document.currentScript.dataset.toolOrigins));
  const storageFrame = document.currentScript.dataset.storageFrame;

  function capabilities() {
    const inStorage = (subject) => ({ subject, frame: storageFrame });
    return {
      supported_messages: [
        { subject: "lti.capabilities" },
        { subject: "lti.frameResize" },
        inStorage("lti.put_data"),
        inStorage("lti.get_data"),
      ],
    };
  }

  function resize(data) {
    const height = Number(data.height);
    if (!Number.isFinite(height) || height <= 0) return { error: { code: "bad_request", message: "height must be a number of pixels" } };
    document.getElementById("tool-frame").style.height = `${Math.min(Math.ceil(height), HIGHEST)}px`;
    return { height };
  }

  const answers = new Map([
    ["lti.capabilities", capabilities],
    ["lti.frameResize", resize],
  ]);

  window.addEventListener("message", (event) => {
    const data = event.data;
    if (!origins.has(event.origin) || typeof data !== "object" || data === null) return;
    const answer = answers.get(data.subject);
    if (!answer) return;
    const message = { subject: `${data.subject}.response`, message_id: data.message_id };
    // Null where the frame that asked has gone meanwhile.
    event.source?.postMessage({ ...message, ...answer(data) }, event.origin);
  });
})();
