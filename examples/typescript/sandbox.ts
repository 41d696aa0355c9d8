// What tests ask of the sandbox, and applications cannot: another time, money from
// nowhere, bad luck.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Client } from "./finhub-client.ts";
import { type Customer, isSigned } from "./onboarding.ts";

// variable is one of those that finhub-sandbox run sets.
function variable(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set: finhub-sandbox run -- npm test`);
  return value;
}

// Sandbox is a tenant for one test, empty and with a clock that stands until it is moved.
export class Sandbox {
  readonly finhub: Client;
  readonly #tenant: string;

  private constructor(test: string) {
    // Tenants see nothing of each other, so that tests need not care for each other either.
    this.#tenant = `${variable("SANDBOX_TENANT")}-typescript-${test.replaceAll(" ", "-")}`;
    this.finhub = new Client({ baseUrl: variable("FINHUB_BASE_URL"), token: variable("FINHUB_TOKEN"), tenant: this.#tenant });
  }

  static async for(test: TestContext): Promise<Sandbox> {
    const sandbox = new Sandbox(test.name);
    // A sandbox that was started by hand may have the tenant of an earlier run.
    await sandbox.#control("POST", "/reset", { everything: true });
    await sandbox.#control("POST", "/clock/freeze", { at: "2030-01-01T09:00:00Z" });
    return sandbox;
  }

  useScenario(name: string): Promise<void> {
    return this.#control("PUT", "/scenario", { name });
  }

  // advance moves the clock. The webhooks that are due on the way have been answered
  // when it is done.
  advance(by: string): Promise<void> {
    return this.#control("POST", "/clock/advance", { by });
  }

  fund(customer: Customer, amount: string): Promise<void> {
    return this.#control("POST", `/wallets/${customer.wallet}/fund`, { amount });
  }

  async #control(method: string, path: string, body: object): Promise<void> {
    const reply = await fetch(`http://${variable("SANDBOX_CONTROL_ADDR")}/_sandbox${path}`, {
      method, headers: { "Content-Type": "application/json", "X-Tenant-ID": this.#tenant }, body: JSON.stringify(body),
    });
    assert(reply.ok, `${method} ${path}: ${await reply.text()}`);
  }
}

// openLink gives the code behind a customer's link to a payment, as the page there
// shows it: the token has it in its claims.
export function openLink(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).answer;
}

interface Event {
  type: string;
  data: Record<string, unknown>;
}

// receive is an application's endpoint for webhooks, on a free port, until the test
// ends. received are the events that it took, refused is how many it did not.
export async function receive(test: TestContext, secret: string) {
  const receiver = { url: "", received: [] as Event[], refused: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const signed = isSigned(secret, body, String(request.headers["x-finhub-signature"]));
    if (signed) receiver.received.push(JSON.parse(body.toString()));
    else receiver.refused++;
    // What is not answered with success comes again.
    response.writeHead(signed ? 204 : 401).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return receiver;
}
