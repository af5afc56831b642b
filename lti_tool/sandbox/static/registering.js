// The tool says that its registration is over (Dynamic Registration 1.0, section 3.9): back to the list of tools.
(() => {
  const frame = document.getElementById("registration-frame");
  const origins = new Set(JSON.parse(frame.dataset.toolOrigins));
  window.addEventListener("message", (event) => {
    if (origins.has(event.origin) && event.data?.subject === "org.imsglobal.lti.close") {
      window.location.assign(frame.dataset.doneUrl);
    }
  });
})();
