// Plays the lives of two customers against a sandbox, each call with the types that
// openapi-typescript makes of the documents. It shows that these types can be filled
// and read: nothing here is cast.
import createClient from "openapi-fetch";
import type { paths as ControlPaths } from "./control";
import type { components, paths as ProductPaths } from "./product";

type Schemas = components["schemas"];

const password = "SecurePass123!";
const pdf = "JVBERi0xLjQKJSVFT0YK";
const header = {
  "X-Tenant-ID": "typed-typescript",
  "X-Forwarded-For": "127.0.0.1",
  "X-Forwarded-From": "typed-client",
  platform: "web",
  deviceId: "typed-device",
};

const url = process.argv[2];
if (url === undefined) throw new Error("usage: node life.js http://127.0.0.1:8080");
const product = createClient<ProductPaths>({ baseUrl: `${url}/api/v2.1` });
const control = createClient<ControlPaths>({ baseUrl: `${url}/_sandbox` });

const as = (token: string) => ({ Authorization: `Bearer ${token}` });

let calls = 0;

// done gives the body of a reply, and ends the program if it is a refusal.
async function done<T, R>(what: string, reply: Promise<{ data?: T; error?: R }>): Promise<T> {
  calls++;
  const { data, error } = await reply;
  if (data === undefined) throw new Error(`${what}: ${JSON.stringify(error)}`);
  return data;
}

function credentials(username: string): Schemas["CustomerLoginWithTenantKey"] {
  return { username, password, tenantKey: "typed-key", tenantSecret: "typed-secret" };
}

// approve decides about a verification as the tenant's staff.
async function approve(verificationId: string) {
  await done("approve", product.POST("/verifications/{verificationId}/approve", {
    params: { header, path: { verificationId } }, headers: as("sandbox-compliance"),
    body: { verificationId, status: "APPROVED" },
  }));
}

// answer reads the code that confirms payments out of the token of a payment
// consent, as the page does to which the customer's link leads.
function answer(token: string): string {
  const claims: { answer: string } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return claims.answer;
}

interface Payment {
  accountId: string;
  token: string;
  iban: string;
  name: string;
  asset: string;
}

// pay allows payments, prepares one of 100.00 euro and executes it. It gives what is
// left, in cents.
async function pay({ accountId, token, iban, name, asset }: Payment): Promise<string> {
  const of = { params: { header, path: { accountId, operationType: "transfer" } }, headers: as(token) };
  const consent = await done("allow payments", product.POST("/fintrans/{accountId}/payment-consents/types/{operationType}", {
    ...of,
    body: {
      paymentType: "TRANSFER", title: "Rent",
      parameters: {
        validity: { startDate: "2020-01-01", endDate: "2199-12-31" },
        limits: { maxAmountPerTransaction: { amount: 1000, currency: "EUR" } },
      },
    },
  }));
  const { consentId, magicLinkToken } = consent.data;
  const order = await done("prepare a transfer", product.POST("/fintrans/{accountId}/types/{operationType}/prepare", {
    ...of,
    body: {
      sourceAccount: { walletId: accountId }, target: { iban, name }, beneficiaryId: asset,
      amount: { value: "10000", scale: 2, currency: "EUR" }, consent: { consentReference: consentId },
    },
  }));
  const executed = await done("execute the transfer", product.POST("/fintrans/{accountId}/types/{operationType}/execute", {
    ...of,
    body: {
      preparedOrderId: order.data.preparedOrderId, authenticationCode: answer(magicLinkToken),
      consentConfirmation: { consentId, confirmed: true },
    },
  }));
  if (executed.data.status !== "COMPLETED" || order.data.totalAmount.value !== "10150") {
    throw new Error(`the transfer is ${executed.data.status} and costs ${order.data.totalAmount.value}`);
  }
  const balance = await done("read the balance", product.GET("/fintrans/{accountId}/balance", {
    params: { header, path: { accountId } }, headers: as(token),
  }));
  return balance.data.availableBalance;
}

async function fund(walletId: string, amount: string) {
  await done("fund the wallet", control.POST("/wallets/{walletId}/fund", {
    params: { header: { "X-Tenant-ID": header["X-Tenant-ID"] }, path: { walletId } }, body: { amount },
  }));
}

async function individual(): Promise<string> {
  const email = "anna.petrauskaite@example.com";
  const { data: customer } = await done("register a person", product.POST("/customer/individual/registration", {
    params: { header }, headers: as("sandbox-admin"),
    body: {
      firstName: "Anna", lastName: "Petrauskaitė", email, phone: "+37062767557", password, matchingPassword: password,
      individualCustomer: { customerName: "Anna Petrauskaitė" },
    },
  }));
  const customerId = customer.id;
  const login = await done("log the person in", product.POST("/customer/individual/{customerId}/users/{userId}/sessions", {
    params: { header, path: { customerId, userId: customer.user.id } }, body: credentials(email),
  }));
  const { token } = login.data;
  const { data: { verificationId } } = await done("open a verification", product.POST("/verifications", {
    params: { header }, headers: as(token),
    body: { customerId, type: "IDENTITY_VERIFICATION", requestedLevel: "TENANT_VERIFIED" },
  }));
  await done("hand the passport in", product.POST("/verifications/{verificationId}/documents", {
    params: { header, path: { verificationId } }, headers: as(token),
    body: { documentType: "PASSPORT", fileName: "passport.pdf", fileContent: pdf },
  }));
  await approve(verificationId);
  for (const consentType of ["terms", "privacy", "data-processing"] as const) {
    await done(`accept ${consentType}`, product.POST("/customer/individual/{customerId}/consents/{consentType}", {
      params: { header, path: { customerId, consentType } }, headers: as(token), body: { accepted: true, version: "1.0" },
    }));
  }
  await done("activate", product.POST("/customer/individual/{customerId}/activation", {
    params: { header, path: { customerId } }, headers: as(token), body: { code: "ACTIVATION_CODE" },
  }));
  const accountId = customer.wallet.walletId;
  await fund(accountId, "500.00");
  const iban = "LT263500098765432109";
  const payee = await done("register a payee", product.POST("/fintrans/{accountId}/beneficiaries", {
    params: { header, path: { accountId } }, headers: as(token),
    body: {
      partyType: "INDIVIDUAL_CUSTOMER", firstName: "Jonas", lastName: "Petraitis", iban, currency: "EUR", country: "LT", networkName: "SEPA",
    },
  }));
  return pay({ accountId, token, iban, name: "Jonas Petraitis", asset: payee.data.assetId });
}

async function organization(): Promise<string> {
  const email = "admin@medis.example";
  const { data: company } = await done("register a company", product.POST("/customer/organization/registration", {
    params: { header }, headers: as("sandbox-admin"),
    body: {
      email, password, matchingPassword: password,
      organizationCustomer: {
        customerName: "UAB Medis",
        organization: {
          legalName: "UAB Medis", registrationNumber: "304999001", taxId: "LT100012345611",
          legalForm: "LIMITED_LIABILITY_COMPANY", annualRevenue: 900000,
        },
      },
    },
  }));
  const { organizationId, userId } = company;
  const login = await done("log the company in", product.POST("/customer/organization/{organizationId}/users/{userId}/sessions", {
    params: { header, path: { organizationId, userId } }, body: credentials(email),
  }));
  const { token } = login.data;
  const of = { params: { header, path: { organizationId } }, headers: as(token) };
  const asAdmin = {
    params: { header: { ...header, "X-User-ID": userId, "X-User-Roles": "ADMIN_USER" }, path: { organizationId } }, headers: as(token),
  };
  await done("add an employee", product.POST("/customer/organization/{organizationId}/employee", {
    ...of,
    body: {
      person: { firstName: "Tomas", lastName: "Jankauskas", email: "tomas.jankauskas@medis.example" },
      position: "COMPLIANCE_OFFICER", roles: ["ADMIN_USER"],
    },
  }));
  const director = await done("add a director", product.POST("/customer/organization/{organizationId}/director", {
    ...of,
    body: {
      person: { firstName: "Rasa", lastName: "Kazlauskienė", email: "rasa.kazlauskiene@medis.example" }, role: "MANAGING_DIRECTOR",
    },
  }));
  await approve(director.data.verification.verificationId);
  const owners: Schemas["ShareholderList"] = [
    { type: "INDIVIDUAL", firstName: "Rasa", lastName: "Kazlauskienė", email: "rasa.kazlauskiene@medis.example", sharePercentage: 80 },
    {
      type: "CORPORATE", companyName: "UAB Girios Holding", sharePercentage: 20,
      owners: [{
        type: "CORPORATE", companyName: "SIA Mezs", sharePercentage: "100",
        owners: [{ type: "INDIVIDUAL", firstName: "Ilze", lastName: "Ozola", sharePercentage: 100 }],
      }],
    },
  ];
  await done("add the shareholders", product.POST("/customer/organization/{organizationId}/shareholders", { ...of, body: owners }));
  const required = await done("ask for the documents", product.GET("/customer/organization/{organizationId}/verification/requirements", of));
  for (const { documentType } of required.data.documents) {
    await done(`hand in ${documentType}`, product.POST("/customer/organization/{organizationId}/documents", {
      ...of, body: { documentType, fileName: "paper.pdf", fileContent: pdf },
    }));
  }
  const verification = await done("verify the company", product.POST("/customer/organization/{organizationId}/verify", {
    ...asAdmin, body: { customerId: organizationId, type: "BUSINESS_VERIFICATION", requestedLevel: "TENANT_VERIFIED" },
  }));
  await approve(verification.data.verificationId);
  for (const consentType of ["terms", "privacy", "data-processing"] as const) {
    await done(`accept ${consentType}`, product.POST("/customer/organization/{organizationId}/consents/{consentType}", {
      params: { header, path: { organizationId, consentType } }, headers: as(token), body: { accepted: true, version: "1.0" },
    }));
  }
  await done("activate the company", product.POST("/customer/organization/{organizationId}/activation", {
    ...asAdmin, body: { activationReason: "All checks passed", additionalInfo: { userId } },
  }));
  const accountId = company.wallet.walletId;
  await fund(accountId, "5000.00");
  const iban = "DE89370400440532013000";
  const name = "Nordwind Handels GmbH";
  const payee = await done("register a supplier", product.POST("/fintrans/{accountId}/beneficiaries", {
    params: { header, path: { accountId } }, headers: as(token),
    body: { partyType: "BUSINESS_CUSTOMER", companyName: name, iban, currency: "EUR", country: "DE", networkName: "SEPA" },
  }));
  return pay({ accountId, token, iban, name, asset: payee.data.assetId });
}

async function main() {
  for (const [life, left] of [[individual, "39850"], [organization, "489850"]] as const) {
    const came = await life();
    if (came !== left) throw new Error(`${came} cents are left instead of ${left}`);
  }
  console.log(`openapi-typescript: the lives of an individual and of an organization, ${calls} calls`);
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exitCode = 1;
});
