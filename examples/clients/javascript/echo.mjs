// Answers texts that begin with "echo ", over the gateway. Node 18 or later, without packages.
//
//     HONGYAN_GATEWAY=http://127.0.0.1:8090 HONGYAN_GATEWAY_TOKEN=… node echo.mjs

const gateway = process.env.HONGYAN_GATEWAY ?? "http://127.0.0.1:8090";
const token = process.env.HONGYAN_GATEWAY_TOKEN;

/** Makes a request, and returns the JSON of the answer. */
async function call(method, path, body, headers = {}) {
  const answer = await fetch(gateway + path, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${json.status} ${json.detail}`);
  return json;
}

/** Answers an event. It may be handed out again: the key keeps it from being answered twice. */
async function handle(event) {
  const [, rest] = /^echo (.+)$/s.exec(event.text) ?? [];
  if (event.self || !rest) return;
  const sent = await call(
    "POST",
    "/v1/messages?wait=30",
    { to: event.chat.id, account: event.account, text: rest, class: "answer" },
    { "Idempotency-Key": `echo:${event.key}` },
  );
  console.log(sent.id, sent.state);
}

for (;;) {
  const batch = await call("GET", "/v1/events?kind=text&consumer=echo-js&wait=30");
  for (const event of batch.events) await handle(event);
  if (batch.lease) await call("POST", "/v1/consumers/echo-js/ack", { cursor: batch.cursor, lease: batch.lease });
}
