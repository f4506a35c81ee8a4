// Compiles the stylesheets, copies what we vendor, and writes its manifest. Run: npm ci && npm run build
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const statics = join(here, "..", "reintegration", "static");
const vendor = join(statics, "vendor");

const woff2 = (subset) => {
  const file = `onest-${subset}-wght-normal.woff2`;
  return [`files/${file}`, `fonts/${file}`];
};

// [package, licence, [[file in the package, file in vendor/], …]]
const PACKAGES = [
  ["@fontsource-variable/onest", "OFL-1.1", [
    ...["latin", "latin-ext", "cyrillic"].map(woff2),
    ["LICENSE", "fonts/LICENSE"],
  ]],
  ["@expo-google-fonts/onest", "OFL-1.1", [
    ["400Regular/Onest_400Regular.ttf", "fonts-print/Onest-Regular.ttf"],
    ["600SemiBold/Onest_600SemiBold.ttf", "fonts-print/Onest-SemiBold.ttf"],
    ["700Bold/Onest_700Bold.ttf", "fonts-print/Onest-Bold.ttf"],
    ["LICENSE_FONT", "fonts-print/LICENSE"],
  ]],
  ["htmx.org", "0BSD", [
    ["dist/htmx.min.js", "htmx/htmx.min.js"],
    ["LICENSE", "htmx/LICENSE"],
  ]],
  ["jsqr", "Apache-2.0", [
    ["dist/jsQR.js", "jsqr/jsQR.js"],
    ["LICENSE", "jsqr/LICENSE"],
  ]],
  ["govuk-frontend", "MIT", [
    ["dist/govuk/govuk-frontend.min.js", "govuk-frontend/govuk-frontend.min.js"],
    ["../../licences/govuk-frontend.txt", "govuk-frontend/LICENSE"], // the package ships none
  ]],
];

function compile(source, target) {
  const { css } = sass.compile(join(here, "scss", source), {
    loadPaths: [modules],
    style: "compressed",
    quietDeps: true,
  });
  if (/GDS Transport|https?:\/\//.test(css)) throw new Error(`${source}: foreign font or address`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${css.trim()}\n`);
  console.log(relative(statics, target), css.length);
}

function describe(file, name, licence) {
  const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const bytes = readFileSync(join(vendor, file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { file, sha256, source: `${name}@${version}`, licence };
}

rmSync(vendor, { recursive: true, force: true });
const manifest = [];
for (const [name, licence, files] of PACKAGES) {
  for (const [from, to] of files) {
    mkdirSync(dirname(join(vendor, to)), { recursive: true });
    cpSync(join(modules, name, from), join(vendor, to));
    if (to.endsWith(".js")) {
      // A source map that we do not ship would be a 404 in every console.
      const text = readFileSync(join(vendor, to), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n");
      writeFileSync(join(vendor, to), text);
    }
    manifest.push(describe(to, name, licence));
  }
}
compile("govuk.scss", join(vendor, "govuk-frontend", "govuk-frontend.css"));
manifest.push(describe("govuk-frontend/govuk-frontend.css", "govuk-frontend", "MIT"));
compile("app.scss", join(statics, "css", "app.css"));
manifest.sort((a, b) => (a.file < b.file ? -1 : 1));
writeFileSync(join(vendor, "MANIFEST.json"), `${JSON.stringify(manifest, null, 2)}\n`);

const listed = new Set([...manifest.map((entry) => entry.file), "MANIFEST.json"]);
for (const file of readdirSync(vendor, { recursive: true })) {
  if (statSync(join(vendor, file)).isFile() && !listed.has(file)) throw new Error(`unlisted: ${file}`);
}
