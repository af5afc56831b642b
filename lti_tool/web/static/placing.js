// Sends the answer to the platform; without scripts the button does.

document.getElementById("deep-linking-answer").submit();
