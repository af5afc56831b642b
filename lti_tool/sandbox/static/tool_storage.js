// Keeps state for tools (Platform Storage: lti-pm-s 0.1): in the page around a tool's frame, or in a hidden frame beside
// it. Each origin of the tool has a shelf of its own, gone when the page is left.
(() => {
  const LONGEST_VALUE = 4096;
  const MOST_KEYS = 50;
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

  const answers = new Map([
    ["lti.put_data", put],
    ["lti.get_data", get],
  ]);

  window.addEventListener("message", (event) => {
    const data = event.data;
    if (!origins.has(event.origin) || typeof data !== "object" || data === null) return;
    const answer = answers.get(data.subject);
    if (!answer) return;
    const message = { subject: `${data.subject}.response`, message_id: data.message_id };
    // Null where the frame that asked has gone meanwhile.
    event.source?.postMessage({ ...message, ...answer(shelves.get(event.origin), data) }, event.origin);
  });
})();
