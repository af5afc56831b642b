// Tells the platform that the registration is over (LTI Dynamic Registration 1.0, 3.3). The message holds nothing
// secret, and the specification has it sent to any origin.

const platform = window.opener || (window.parent !== window ? window.parent : null);
const button = document.getElementById("lti-close");

function close() {
  platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}

if (platform) {
  button.hidden = false;
  button.addEventListener("click", close);
  // With differences the administrator reads them first.
  if (document.getElementById("lti-registered").dataset.close === "now") close();
}
