// What makes the pages livelier. Every page works without it.

import { watchRegions } from "./app/live.js";
import { enableCopying } from "./app/copy.js";
import { tellHeight } from "./app/frame.js";

document.documentElement.classList.add("has-script");
watchRegions();
enableCopying();
tellHeight();
