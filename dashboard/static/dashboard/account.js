// The account's page needs no figures: its header alone.

import { start } from "./start.js";

start();
