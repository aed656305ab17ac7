// Says what the schemas that @microsoft/app-manifest ships find wrong in the files named.
const Ajv = require("ajv-draft-04").default;
const formats = require("ajv-formats").default;
const { AppManifestUtils } = require("@microsoft/app-manifest");
const fs = require("node:fs");
const path = require("node:path");
const root = path.join(path.dirname(require.resolve("@microsoft/app-manifest/package.json")), "build", "json-schemas", "teams");
(async () => {
  const said = {};
  for (const name of process.argv.slice(2)) {
    const value = JSON.parse(fs.readFileSync(name, "utf8"));
    const kind = value.$schema.includes("Localization") ? "MicrosoftTeams.Localization.schema.json" : "MicrosoftTeams.schema.json";
    const version = /v(\d+\.\d+)\//.exec(value.$schema)[1];
    const schema = JSON.parse(fs.readFileSync(path.join(root, "v" + version, kind), "utf8"));
    if (!kind.includes("Localization")) {
      said[path.basename(name)] = await AppManifestUtils.validateAgainstSchema(value, schema);
      continue;
    }
    // a pattern of this schema is no regular expression of the Unicode kind, which the package insists on
    const ajv = new Ajv({ unicodeRegExp: false, strict: false, allErrors: true });
    formats(ajv);
    said[path.basename(name)] = ajv.validate(schema, value) ? [] : ajv.errors;
  }
  console.log(JSON.stringify(said));
})();
