// Carries the session's token to its first page.

document.getElementById("lti-opening").submit();
