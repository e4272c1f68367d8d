// Plays a workflow of n8n as far as answer.json needs it, so that its flow is tested without n8n.
// It listens on a free port of this machine, and prints the URL of the webhook.
//
//     node play.mjs answer.json

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const flow = JSON.parse(readFileSync(process.argv[2], "utf8"));
const node = (name) => flow.nodes.find((n) => n.name === name);
const next = (name, output = 0) => flow.connections[name]?.main?.[output]?.[0]?.node;

/** The value of a parameter: "=…{{ expression }}…" is computed. */
function value(text, $json) {
  if (typeof text !== "string" || !text.startsWith("=")) return text;
  const compute = (code) => new Function("$json", `return (${code});`)($json);
  const whole = /^=\{\{([\s\S]*)\}\}$/.exec(text);
  if (whole && !whole[1].includes("{{")) return compute(whole[1]);
  return text.slice(1).replace(/\{\{(.*?)\}\}/gs, (_, code) => compute(code));
}

const operations = { contains: (a, b) => a.includes(b), equals: (a, b) => a === b };

/** Runs a node. It returns the output that goes on, and what comes out there; or an answer. */
async function run({ type, parameters }, $json) {
  switch (type) {
    case "n8n-nodes-base.if": {
      const all = parameters.conditions.conditions.map((c) =>
        operations[c.operator.operation](value(c.leftValue, $json), value(c.rightValue, $json)));
      return { output: all.every(Boolean) ? 0 : 1, $json };
    }
    case "n8n-nodes-base.httpRequest": {
      const headers = Object.fromEntries(parameters.headerParameters.parameters.map((h) => [h.name, value(h.value, $json)]));
      if (parameters.genericAuthType === "httpHeaderAuth") { // the credential that a user has chosen
        headers.Authorization = `Bearer ${process.env.HONGYAN_GATEWAY_TOKEN}`;
      }
      const url = new URL(value(parameters.url, $json)); // at the gateway of the test
      const answer = await fetch(new URL(url.pathname, process.env.HONGYAN_GATEWAY), {
        method: parameters.method, headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify(value(parameters.jsonBody, $json)),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return { output: 0, $json: await answer.json() };
    }
    case "n8n-nodes-base.respondToWebhook":
      return { answer: parameters.respondWith === "json" ? JSON.stringify(value(parameters.responseBody, $json)) : "" };
  }
  throw new Error(`${type} is not known here`);
}

const start = flow.nodes.find((n) => n.type === "n8n-nodes-base.webhook");
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  try {
    let $json = { headers: request.headers, body: JSON.parse(body) };
    for (let name = next(start.name), output; name; name = next(name, output)) {
      const done = await run(node(name), $json);
      if ("answer" in done) {
        response.writeHead(200, { "Content-Type": "application/json" }).end(done.answer);
        return;
      }
      ({ output, $json } = done);
    }
    response.writeHead(200).end();
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/webhook/${start.parameters.path}`));
