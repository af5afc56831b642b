// What makes the pages livelier. Every page works without it.

import { watchRegions } from "./app/live.js";
import { enableCopying } from "./app/copy.js";
import { tellHeight } from "./app/frame.js";

document.documentElement.classList.add("has-script");
watchRegions();
enableCopying();
tellHeight();
// Browsers ignore the attribute autofocus in a frame of another site; a call they heed, once the person is in the frame.
document.querySelector("[data-focus]")?.focus();
