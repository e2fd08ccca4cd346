// Redocly's recommended rules over a description: prints what breaks one, a line each, as JSON.
const { createConfig, lint } = require("@redocly/openapi-core");

(async () => {
  const config = await createConfig({ extends: ["recommended"] });
  for (const problem of await lint({ ref: process.argv[2], config })) {
    const at = problem.location[0]?.pointer ?? "";
    console.log(JSON.stringify({ severity: problem.severity, rule: problem.ruleId, at, message: problem.message }));
  }
})();
