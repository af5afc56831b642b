// The page around a tool's frame: keeps the tool's state for it (Platform Storage: lti-pm-s 0.1) and gives the
// frame the height it asks for. Each origin of the tool has a shelf of its own, gone when the page is left.
(() => {
  const LONGEST_VALUE = 4096;
  const MOST_KEYS = 50;
  const HIGHEST = 20000;
  const origins = new Set(JSON.parse(document.currentScript.dataset.toolOrigins));
  const shelves = new Map([...origins].map((origin) => [origin, new Map()]));

  const isText = (value) => typeof value === "string" && value.length > 0 && value.length <= LONGEST_VALUE;
  const refusal = (code, message) => ({ error: { code, message } });

  function put(shelf, data) {
    if (!isText(data.key)) return refusal("bad_request", "key must be a short text");
    if (data.value === null || data.value === undefined) {
      shelf.delete(data.key);
      return { key: data.key, value: null };
    }
    if (!isText(data.value)) return refusal("bad_request", "value must be a short text");
    if (!shelf.has(data.key) && shelf.size >= MOST_KEYS) return refusal("storage_exhaustion", "too many keys");
    shelf.set(data.key, data.value);
    return { key: data.key, value: data.value };
  }

  function get(shelf, data) {
    if (!isText(data.key)) return refusal("bad_request", "key must be a short text");
    return { key: data.key, value: shelf.get(data.key) ?? null };
  }

  function capabilities() {
    const inParent = (subject) => ({ subject, frame: "_parent" });
    return {
      supported_messages: [
        { subject: "lti.capabilities" },
        { subject: "lti.frameResize" },
        inParent("lti.put_data"),
        inParent("lti.get_data"),
      ],
    };
  }

  function resize(data) {
    const height = Number(data.height);
    if (!Number.isFinite(height) || height <= 0) return refusal("bad_request", "height must be a number of pixels");
    document.getElementById("tool-frame").style.height = `${Math.min(Math.ceil(height), HIGHEST)}px`;
    return { height };
  }

  const answers = new Map([
    ["lti.put_data", put],
    ["lti.get_data", get],
    ["lti.capabilities", capabilities],
    ["lti.frameResize", (_, data) => resize(data)],
  ]);

  window.addEventListener("message", (event) => {
    const data = event.data;
    if (!origins.has(event.origin) || typeof data !== "object" || data === null) return;
    const answer = answers.get(data.subject);
    if (!answer) return;
    const message = { subject: `${data.subject}.response`, message_id: data.message_id };
    event.source.postMessage({ ...message, ...answer(shelves.get(event.origin), data) }, event.origin);
  });
})();
