// The imports page is whole as it comes: only what every page begins with is alive.

import { start } from "./start.js";

start();
