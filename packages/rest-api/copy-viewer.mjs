// Puts the viewer of the API's documentation into the package before it is packed: those who install the package then need not
// install swagger-ui-dist, which is nine times as large and brings a dependency that reports installs.
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const source = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const target = join(import.meta.dirname, "apidocs", "viewer");

mkdirSync(target, { recursive: true });
for (const file of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"])
  cpSync(join(source, file), join(target, file));
