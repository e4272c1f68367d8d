// Records what n8n says about the nodes of a workflow: names and conditions of their parameters, no
// code. TestN8nWorkflow compares the workflow with it.
//
//     npm pack n8n-nodes-base && tar xzf n8n-nodes-base-*.tgz
//     node record.mjs package ../../../examples/clients/n8n/answer.json > nodes.json

import { readFileSync } from "node:fs";

const [folder, workflow] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const about = read(`${folder}/package.json`);
const known = read(`${folder}/dist/types/nodes.json`);

/** What can be chosen: values of a list, or names of the parts of a collection. */
function choices(p) {
  if (p.type === "fixedCollection") {
    return p.options.flatMap((o) => o.values.map((v) => `${o.name}[].${v.name}`));
  }
  if (p.type === "options" || p.type === "multiOptions") return p.options.map((o) => o.value);
  return p.type === "collection" ? p.options.map((o) => o.name) : undefined;
}

const compare = { eq: (a, b) => a === b, not: (a, b) => a !== b, gte: (a, b) => a >= b, lte: (a, b) => a <= b, gt: (a, b) => a > b,
  lt: (a, b) => a < b, between: (a, { from, to }) => a >= from && a <= to };

/** Whether a list of versions, or of conditions on the version, has a version. */
const has = (list, version) => list.some((x) => typeof x === "number" ? x === version
  : Object.entries(x._cnd).every(([how, with_]) => compare[how](version, with_)));

/** Whether a node of a version, outside of an agent, has a parameter. */
function applies({ displayOptions: { show = {}, hide = {} } = {}, type }, version) {
  return type !== "notice" && !show["@tool"] && (!show["@version"] || has(show["@version"], version))
    && !(hide["@version"] && has(hide["@version"], version));
}

/** The conditions on other parameters. */
function others(conditions = {}) {
  const rest = Object.entries(conditions).filter(([name]) => !name.startsWith("@"));
  return rest.length ? Object.fromEntries(rest) : undefined;
}

const nodes = [];
for (const { type, typeVersion } of read(workflow).nodes) {
  if (nodes.some((n) => n.type === type && n.version === typeVersion)) continue;
  const of = known.find((n) => `n8n-nodes-base.${n.name}` === type && [n.version].flat().includes(typeVersion));
  if (!of) throw new Error(`${about.name} ${about.version} has no ${type} of version ${typeVersion}`);
  nodes.push({
    type, version: typeVersion,
    outputs: Array.isArray(of.outputs) ? of.outputs.length : undefined, // else they are computed
    parameters: of.properties.filter((p) => applies(p, typeVersion)).map((p) => ({
      name: p.name, kind: p.type, required: p.required, default: p.type === "boolean" || p.type === "options" ? p.default : undefined,
      choices: choices(p), show: others(p.displayOptions?.show), hide: others(p.displayOptions?.hide),
    })),
  });
}
const lines = nodes.map((n) => {
  const { parameters, ...head } = n;
  const list = parameters.map((p) => `      ${JSON.stringify(p)}`).join(",\n");
  return `    ${JSON.stringify(head).slice(0, -1)},"parameters":[\n${list}\n    ]}`;
});
console.log(`{\n  "package": "${about.name} ${about.version}",\n  "nodes": [\n${lines.join(",\n")}\n  ]\n}`);
