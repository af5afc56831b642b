// Tells the platform that the registration is over (LTI Dynamic Registration 1.0, 3.3). The message holds nothing
// secret, and the specification has it sent to any origin: to the window that opened this one and to the one around it,
// as a platform may open a window that holds a frame.

const platforms = [window.opener, window.parent !== window ? window.parent : null].filter(Boolean);
const button = document.getElementById("lti-close");

function close() {
  for (const platform of platforms) platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}

if (platforms.length > 0) {
  button.hidden = false;
  button.addEventListener("click", close);
  // With differences the administrator reads them first.
  if (document.getElementById("lti-registered").dataset.close === "now") close();
}
