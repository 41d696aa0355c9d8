// Customers of FinHub, from their registration to a transfer that is paid.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Client } from "./finhub-client.ts";
import type { components } from "./finhub.ts";

type Schemas = components["schemas"];

export interface Customer {
  kind: "individual" | "organization";
  id: string;
  wallet: string;
}

export interface Person {
  firstName: string;
  lastName: string;
  email: string;
}

export interface Payee {
  name: string;
  iban: string;
  country: Schemas["PayeeCountry"];
  isCompany?: boolean;
}

export async function registerPerson(finhub: Client, person: Person & { phone: string }, password: string): Promise<Customer> {
  const made = await finhub.post("/customer/individual/registration", {}, { ...person, password, matchingPassword: password });
  return { kind: "individual", id: made.customerId, wallet: made.wallet.walletId };
}

// verifyPerson begins a review, which takes days: its outcome comes as a webhook, or is
// asked for with verification.
export async function verifyPerson(finhub: Client, person: Customer, passport: string): Promise<string> {
  const begun = await finhub.post("/customer/individual/{customerId}/verification", { customerId: person.id }, {
    verificationType: "IDENTITY",
    verificationData: { documentType: "PASSPORT", documentNumber: passport, issuingCountry: "LT" },
  });
  return begun.verificationId;
}

export async function registerCompany(finhub: Client, name: string, registrationNumber: string, email: string, password: string): Promise<Customer> {
  const made = await finhub.post("/customer/organization/registration", {}, {
    email, password, matchingPassword: password,
    organizationCustomer: {
      customerName: name,
      organization: {
        legalName: name, registrationNumber, taxId: `LT${registrationNumber}`,
        legalForm: "LIMITED_LIABILITY_COMPANY", incorporationDate: "2019-04-02",
      },
    },
  });
  return { kind: "organization", id: made.organizationId, wallet: made.wallet.walletId };
}

// addPersonnel names the people of a company. The director owns it: the shares that are
// told must come to a hundred percent.
export async function addPersonnel(finhub: Client, company: Customer, administrator: Person, director: Person): Promise<void> {
  const organizationId = company.id;
  // The first employee must be an administrator.
  await finhub.post("/customer/organization/{organizationId}/employee", { organizationId },
    { person: administrator, position: "COMPLIANCE_OFFICER", roles: ["ADMIN_USER"] });
  await finhub.post("/customer/organization/{organizationId}/director", { organizationId },
    { person: director, role: "MANAGING_DIRECTOR" });
  await finhub.post("/customer/organization/{organizationId}/shareholders", { organizationId },
    [{ person: director, sharePercentage: 100, isPrimary: true }]);
}

// verifyCompany hands in a document of each type that FinHub asks for, and begins a
// review: document gives the PDF of a type.
export async function verifyCompany(finhub: Client, company: Customer, document: (type: string) => Uint8Array): Promise<string> {
  const organizationId = company.id;
  const required = await finhub.get("/customer/organization/{organizationId}/verification/requirements", { organizationId });
  for (const { documentType } of required.documents) {
    await finhub.post("/customer/organization/{organizationId}/documents", { organizationId }, {
      documentType, fileName: `${documentType.toLowerCase()}.pdf`, mimeType: "application/pdf",
      fileContent: Buffer.from(document(documentType)).toString("base64"),
    });
  }
  const begun = await finhub.post("/customer/organization/{organizationId}/verify", { organizationId },
    { customerId: organizationId, type: "BUSINESS_VERIFICATION", requestedLevel: "TENANT_VERIFIED" });
  return begun.verificationId;
}

// verification tells what has become of a review: its status, and the reason if it is
// REJECTED.
export function verification(finhub: Client, verificationId: string): Promise<Schemas["Verification"]> {
  return finhub.get("/verifications/{verificationId}", { verificationId });
}

// activate accepts the consents that are asked for, and opens the customer's wallet.
export async function activate(finhub: Client, { kind, id }: Customer): Promise<string> {
  for (const consentType of ["terms", "privacy", "data-processing"] as const) {
    const consent = { accepted: true as const, version: "1.0" };
    if (kind === "individual") await finhub.post("/customer/individual/{customerId}/consents/{consentType}", { customerId: id, consentType }, consent);
    else await finhub.post("/customer/organization/{organizationId}/consents/{consentType}", { organizationId: id, consentType }, consent);
  }
  const activated = kind === "individual"
    ? await finhub.post("/customer/individual/{customerId}/activation", { customerId: id }, { code: "123456" })
    : await finhub.post("/customer/organization/{organizationId}/activation", { organizationId: id }, { activationReason: "All checks passed" });
  return activated.customerStatus;
}

// pay pays a payee. confirm is given the customer's link to the payment, and gives the
// code that stands behind it.
export async function pay(finhub: Client, customer: Customer, payee: Payee, cents: number, confirm: (link: string) => string): Promise<string> {
  const accountId = customer.wallet;
  const transfer = { accountId, operationType: "transfer" } as const;
  const [firstName = "", lastName = ""] = payee.name.split(" ");
  const account = { iban: payee.iban, country: payee.country, currency: "EUR", networkName: "SEPA" } as const;
  const { assetId } = await finhub.post("/fintrans/{accountId}/beneficiaries", { accountId }, payee.isCompany
    ? { partyType: "BUSINESS_CUSTOMER", companyName: payee.name, ...account }
    : { partyType: "INDIVIDUAL_CUSTOMER", firstName, lastName, ...account });
  const { consentId, magicLinkToken } = await finhub.post("/fintrans/{accountId}/payment-consents/types/{operationType}", transfer, {
    paymentType: "TRANSFER", title: `Payment to ${payee.name}`,
    // As narrow as the payment: whoever gets hold of the consent can do no more with it.
    parameters: {
      validity: { startDate: "2020-01-01", endDate: "2199-12-31", maxUsageCount: 1 },
      limits: { maxAmountPerTransaction: { amount: cents / 100, currency: "EUR" } },
    },
  });
  const { preparedOrderId } = await finhub.post("/fintrans/{accountId}/types/{operationType}/prepare", transfer, {
    sourceAccount: { walletId: accountId }, target: { iban: payee.iban, name: payee.name }, beneficiaryId: assetId,
    amount: { value: String(cents), scale: 2, currency: "EUR" }, consent: { consentReference: consentId },
  });
  const executed = await finhub.post("/fintrans/{accountId}/types/{operationType}/execute", transfer, {
    preparedOrderId, authenticationCode: confirm(magicLinkToken), consentConfirmation: { consentId, confirmed: true },
  });
  return executed.status;
}

// balance is what a customer can spend, in cents.
export async function balance(finhub: Client, { wallet }: Customer): Promise<number> {
  return Number((await finhub.get("/fintrans/{accountId}/balance", { accountId: wallet })).availableBalance);
}

export async function subscribe(finhub: Client, endpointUrl: string, secretKey: string, subscribedEvents: Schemas["WebhookEvents"]): Promise<void> {
  await finhub.post("/webhooks/subscriptions", {}, { endpointUrl, secretKey, subscribedEvents });
}

// isSigned tells whether a webhook comes from FinHub. The body is what came, byte for
// byte: who parses it first and writes it again signs something else.
export function isSigned(secret: string, body: Uint8Array, signature: string): boolean {
  const wanted = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const got = Buffer.from(signature);
  // A comparison that ends at the first difference tells a forger how far it got.
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}
