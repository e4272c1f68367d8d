// Runs a workflow with the engine and the nodes of n8n itself, without its server, against a gateway
// that runs: it validates the nodes as n8n does, and prints what each node hands on, and the answer.
// By hand, as n8n takes 2.5 GB:
//
//     npm install --ignore-scripts n8n    # Node.js 24
//     GATEWAY=http://127.0.0.1:8090 TOKEN=… node engine.cjs ../../../examples/clients/n8n/answer.json 营业时间

require("reflect-metadata");
const { readFileSync } = require("node:fs");
const { Workflow, NodeHelpers, createRunExecutionData } = require("n8n-workflow");
const { WorkflowExecute, ExecutionLifecycleHooks } = require("n8n-core");

const [path, text] = process.argv.slice(2);
const { GATEWAY, TOKEN } = process.env;
const flow = JSON.parse(readFileSync(path, "utf8"));
for (const n of flow.nodes.filter((n) => n.type === "n8n-nodes-base.httpRequest")) { // what a user sets after the import
  n.parameters.url = GATEWAY + new URL(n.parameters.url).pathname;
  n.credentials = { httpHeaderAuth: { id: "1", name: "Hongyan" } };
}

const classes = { if: "If", httpRequest: "HttpRequest", webhook: "Webhook", respondToWebhook: "RespondToWebhook" };
const known = Object.fromEntries(Object.entries(classes).map(([name, of]) => {
  const module = require(`n8n-nodes-base/dist/nodes/${of}/${of}.node.js`);
  return [`n8n-nodes-base.${name}`, new module[of]()];
}));
const nodeTypes = {
  getByName: (name) => known[name], getKnownTypes: () => ({}),
  getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(known[name], version),
};
const workflow = new Workflow({ id: "1", ...flow, active: false, nodeTypes });
for (const n of Object.values(workflow.nodes)) {
  const { description } = nodeTypes.getByNameAndVersion(n.type, n.typeVersion);
  const issues = NodeHelpers.getNodeParametersIssues(description.properties, n, description);
  if (issues) throw new Error(`${n.name}: ${JSON.stringify(issues)}`);
}

const header = { name: "Authorization", value: `Bearer ${TOKEN}` };
const credentialsHelper = {
  isCredentialUsableByNode: () => true, getCredentialsProperties: () => [], getParentTypes: () => [],
  getDecrypted: async () => header, getCredentials: async () => header, preAuthentication: async () => undefined,
  authenticate: async (_credentials, _type, request) => ({ ...request, headers: { ...request.headers, [header.name]: header.value } }),
};
const hooks = new ExecutionLifecycleHooks("webhook", "1", { id: "1", ...flow });
hooks.addHandler("sendResponse", (answer) => console.log("answer:", JSON.stringify(answer)));
const address = "http://localhost/";
const additional = {
  hooks, credentialsHelper, restApiUrl: address, instanceBaseUrl: address, webhookBaseUrl: address, webhookWaitingBaseUrl: address,
  webhookTestBaseUrl: address, formWaitingBaseUrl: address, variables: {}, userId: "1", executionId: "1", currentNodeParameters: {},
  setExecutionStatus() {}, logAiEvent() {},
};

(async () => {
  const chat = await fetch(`${GATEWAY}/v1/accounts`, { headers: { Authorization: header.value } }).then((r) => r.json());
  const account = chat.items[0].app_id;
  const body = { key: `${account}:${Date.now()}`, account, sender: { id: "wxid_alice", name: "Alice" }, text };
  const begin = Object.values(workflow.nodes).find((n) => n.type === "n8n-nodes-base.webhook");
  const run = new WorkflowExecute(additional, "webhook", createRunExecutionData({
    startData: {}, resultData: { runData: {} }, executionData: {
      contextData: {}, metadata: {}, waitingExecution: {}, waitingExecutionSource: {},
      nodeExecutionStack: [{ node: begin, source: null, data: { main: [[{ json: { headers: {}, params: {}, query: {}, body } }]] } }],
    },
  }));
  const { status, data } = await run.processRunExecutionData(workflow);
  for (const [name, [{ data: out }]] of Object.entries(data.resultData.runData)) {
    console.log(`${name}:`, JSON.stringify(out?.main?.map((way) => way?.map((item) => item.json))));
  }
  console.log(status);
  process.exit(status === "success" ? 0 : 1);
})();
