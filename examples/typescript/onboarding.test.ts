import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "./finhub-client.ts";
import { Refused } from "./finhub-client.ts";
import {
  activate, addPersonnel, balance, pay, registerCompany, registerPerson, subscribe, verification, verifyCompany, verifyPerson, type Payee,
} from "./onboarding.ts";
import { openLink, receive, Sandbox } from "./sandbox.ts";

const password = "SecurePass123!";

async function registerAnna(finhub: Client) {
  const anna = await registerPerson(finhub, { firstName: "Anna", lastName: "Petrauskaitė", email: "anna@example.com", phone: "+37062767557" }, password);
  return { anna, review: await verifyPerson(finhub, anna, "24010101") };
}

test("a person pays", async (t) => {
  const sandbox = await Sandbox.for(t), { finhub } = sandbox;
  const { anna, review } = await registerAnna(finhub);
  assert.equal((await verification(finhub, review)).status, "IN_PROGRESS");
  await sandbox.advance("72h"); // A review takes one to three days.
  assert.equal((await verification(finhub, review)).status, "APPROVED");
  assert.equal(await activate(finhub, anna), "ACTIVE");

  await sandbox.fund(anna, "500.00");
  assert.equal(await pay(finhub, anna, { name: "Jonas Petraitis", iban: "LT263500098765432109", country: "LT" }, 100_00, openLink), "COMPLETED");
  assert.equal(await balance(finhub, anna), 398_50); // The fee is 1.50.
});

test("a company pays", async (t) => {
  const sandbox = await Sandbox.for(t), { finhub } = sandbox;
  const medis = await registerCompany(finhub, "UAB Medis", "304999001", "admin@medis.example", password);
  await addPersonnel(finhub, medis,
    { firstName: "Tomas", lastName: "Jankauskas", email: "tomas@medis.example" },
    { firstName: "Rasa", lastName: "Kazlauskienė", email: "rasa@medis.example" });
  const review = await verifyCompany(finhub, medis, () => Buffer.from("%PDF-1.4\n%%EOF\n"));
  await sandbox.advance("120h"); // That of a company takes two to five.
  assert.equal((await verification(finhub, review)).status, "APPROVED");
  assert.equal(await activate(finhub, medis), "ACTIVE");

  await sandbox.fund(medis, "5000.00");
  const supplier: Payee = { name: "Nordwind Handels GmbH", iban: "DE89370400440532013000", country: "DE", isCompany: true };
  assert.equal(await pay(finhub, medis, supplier, 1200_00, openLink), "COMPLETED");
  assert.equal(await balance(finhub, medis), 3798_50);
});

test("a rejected person is not activated", async (t) => {
  const sandbox = await Sandbox.for(t), { finhub } = sandbox;
  await sandbox.useScenario("kyc-rejected");
  const { anna, review } = await registerAnna(finhub);
  await sandbox.advance("72h");
  const rejected = await verification(finhub, review);
  assert.deepEqual([rejected.status, rejected.reason], ["REJECTED", "DATA_MISMATCH"]);

  await assert.rejects(activate(finhub, anna), (refusal) => {
    assert(refusal instanceof Refused);
    assert.equal(refusal.status, 422);
    assert.match(refusal.suggestions[0] ?? "", /new attempt/);
    return true;
  });
});

test("webhooks are taken from FinHub alone", async (t) => {
  const sandbox = await Sandbox.for(t), { finhub } = sandbox;
  // The first attempt of each webhook is signed with another secret; the second is right.
  await sandbox.useScenario("webhook-forged");
  const receiver = await receive(t, "s3cret");
  await subscribe(finhub, receiver.url, "s3cret", ["verification.approved"]);
  const { review } = await registerAnna(finhub);
  await sandbox.advance("72h");
  assert.equal(receiver.refused, 1);
  assert.deepEqual(receiver.received.map((event) => [event.type, event.data["verificationId"]]), [["verification.approved", review]]);
});
