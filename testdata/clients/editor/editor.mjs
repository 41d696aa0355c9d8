// An editor without a window: opens scenarios in the YAML language server, with the schema
// that a running sandbox serves, and holds what it is told of them.
//
//   node editor.mjs URL SCENARIO.yaml...
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const [url, ...files] = process.argv.slice(2);
const server = spawn("yaml-language-server", ["--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const waiting = new Map();
const diagnosed = new Map();
let number = 0;
let unread = Buffer.alloc(0);

const send = (message) => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
};
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(++number, resolve);
    send({ id: number, method, params });
  });

const settings = { yaml: { schemaStore: { enable: false }, kubernetesCRDStore: { enable: false }, validate: true, completion: true } };
const receive = (message) => {
  if (message.method === "workspace/configuration") {
    send({ id: message.id, result: message.params.items.map((item) => settings[item.section] ?? {}) });
  } else if (message.method === "textDocument/publishDiagnostics") {
    diagnosed.get(message.params.uri)?.(message.params.diagnostics);
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: null });
  } else if (waiting.has(message.id)) {
    if (message.error) throw new Error(message.error.message);
    waiting.get(message.id)(message.result);
    waiting.delete(message.id);
  }
};
server.stdout.on("data", (data) => {
  unread = Buffer.concat([unread, data]);
  for (;;) {
    const end = unread.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(unread.subarray(0, end).toString())[1]);
    if (unread.length < end + 4 + length) return;
    const body = unread.subarray(end + 4, end + 4 + length);
    unread = unread.subarray(end + 4 + length);
    receive(JSON.parse(body.toString()));
  }
});

const modeline = `# yaml-language-server: $schema=${url}/_sandbox/scenario.schema.json\n`;
const open = (name, text) => {
  const uri = `file:///${name}`;
  const told = new Promise((resolve) => diagnosed.set(uri, resolve));
  send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text: modeline + text } } });
  return told;
};
const fail = (...message) => {
  console.error(...message);
  process.exitCode = 1;
};

await ask("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: { workspace: { configuration: true }, textDocument: { completion: { completionItem: {} } } },
});
send({ method: "initialized", params: {} });
send({ method: "workspace/didChangeConfiguration", params: { settings } });

for (const file of files) {
  const found = await open(file, readFileSync(file, "utf8"));
  if (found.length > 0) fail(`${file}: ${found.map((d) => `line ${d.range.start.line}: ${d.message}`).join("; ")}`);
}

const rule = (...lines) => `name: mine\nrules:\n  - ${lines.join("\n    ")}\n`;
const wrong = [
  ["unknown-point.yaml", rule("on: verification.outcom", "decide: REJECTED"), 3],
  ["unknown-option.yaml", rule("on: verification.outcome", "decide: REFUSED"), 4],
  ["unknown-reason.yaml", rule("on: verification.outcome", "decide: REJECTED", "reason: BLURRED"), 5],
  ["unknown-code.yaml", rule("on: executeOperation", "refuse: DUPLICATE_EMAIL"), 4],
  ["unknown-fault.yaml", rule("on: executeOperation", "fault: explode"), 4],
  ["unknown-member.yaml", rule("on: executeOperation", "refuse: INSUFFICIENT_BALANCE", "often: 3"), 5],
];
for (const [name, text, line] of wrong) {
  const found = await open(name, text);
  if (!found.some((d) => d.range.start.line === line)) fail(`${name}: nothing is found at line ${line}: ${JSON.stringify(found)}`);
}

const offers = [
  ["offers-points.yaml", rule("on: "), { line: 3, character: 8 }, ["verification.outcome", "executeOperation"]],
  ["offers-options.yaml", rule("on: verification.outcome", "decide: "), { line: 4, character: 12 }, ["APPROVED", "REJECTED"]],
  ["offers-codes.yaml", rule("on: executeOperation", "refuse: "), { line: 4, character: 12 }, ["ORDER_EXPIRED", "TOKEN_EXPIRED"]],
];
for (const [name, text, position, wanted] of offers) {
  await open(name, text);
  const list = await ask("textDocument/completion", { textDocument: { uri: `file:///${name}` }, position });
  const labels = (list?.items ?? []).map((item) => item.label);
  for (const label of wanted) if (!labels.includes(label)) fail(`${name}: ${label} is not offered: ${labels}`);
}

console.log(`${files.length} scenarios without a mistake, ${wrong.length} with one that is found, ${offers.length} completed`);
await ask("shutdown", null);
send({ method: "exit" });
