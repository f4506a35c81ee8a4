// The one script that every page loads. Each module finds its own elements and leaves the rest.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, Radios } from "../vendor/govuk-frontend/govuk-frontend.min.js";
import { start as drafts } from "./drafts.js";
import { start as exit } from "./exit.js";
import { start as ink } from "./ink.js";
import { start as menu } from "./menu.js";
import { start as network } from "./network.js";
import { start as passkeys } from "./passkeys.js";
import { start as scan } from "./scan.js";
import { start as stepper } from "./stepper.js";
import { start as unsaved } from "./unsaved.js";
import { start as upload } from "./upload.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
exit();
for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, Radios]) createAll(component);
for (const start of [menu, network, passkeys, stepper, drafts, unsaved, scan, upload, ink]) start();
