"""Customers of FinHub, from their registration to a transfer that is paid.

Every call is made with a token of the tenant's staff, as a back office makes it.
"""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass


class Refused(Exception):
    """FinHub said no. suggestions are the calls that would help."""

    def __init__(self, status, reply):
        data = reply.get("data") or {}
        super().__init__(f"{status} {reply.get('message')}: {data.get('details')}")
        self.status = status
        self.suggestions = data.get("suggestions", [])


@dataclass(frozen=True)
class Customer:
    kind: str  # individual or organization, as paths have it
    id: str
    wallet: str


@dataclass(frozen=True)
class Payee:
    name: str
    iban: str
    is_company: bool = False


class FinHub:
    def __init__(self, base_url, token, tenant):
        self._base_url = base_url
        self._headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "X-Tenant-ID": tenant,
            # Whom the call is made for: FinHub refuses calls that do not say.
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-From": "onboarding",
            "platform": "server",
            "deviceId": "back-office",
            # Companies are activated by an administrator.
            "X-User-ID": "back-office",
            "X-User-Roles": "ADMIN_USER",
        }

    def register_person(self, first_name, last_name, email, phone, password):
        data = self._post("/customer/individual/registration", {
            "firstName": first_name, "lastName": last_name, "email": email, "phone": phone,
            "password": password, "matchingPassword": password,
        })
        return Customer("individual", data["customerId"], data["wallet"]["walletId"])

    def verify_person(self, customer, passport):
        """Begins a review, which takes days: its outcome comes as a webhook, or is asked for with verification."""
        return self._post(f"/customer/individual/{customer.id}/verification", {
            "verificationType": "IDENTITY",
            "verificationData": {"documentType": "PASSPORT", "documentNumber": passport, "issuingCountry": "LT"},
        })["verificationId"]

    def register_company(self, name, registration_number, email, password):
        data = self._post("/customer/organization/registration", {
            "email": email, "password": password, "matchingPassword": password,
            "organizationCustomer": {"customerName": name, "organization": {
                "legalName": name, "registrationNumber": registration_number, "taxId": f"LT{registration_number}",
                "legalForm": "LIMITED_LIABILITY_COMPANY", "incorporationDate": "2019-04-02",
            }},
        })
        return Customer("organization", data["organizationId"], data["wallet"]["walletId"])

    def add_personnel(self, company, administrator, director):
        """The director owns the company: the shares that are told must come to a hundred percent."""
        path = f"/customer/organization/{company.id}"
        # The first employee must be an administrator.
        self._post(f"{path}/employee", {"person": administrator, "position": "COMPLIANCE_OFFICER", "roles": ["ADMIN_USER"]})
        self._post(f"{path}/director", {"person": director, "role": "MANAGING_DIRECTOR"})
        self._post(f"{path}/shareholders", [{"person": director, "sharePercentage": 100, "isPrimary": True}])

    def verify_company(self, company, document):
        """Begins a review with a document for each type that FinHub asks for; document gives the PDF of a type."""
        verification = self._post(f"/customer/organization/{company.id}/verify", {
            "customerId": company.id, "type": "BUSINESS_VERIFICATION", "requestedLevel": "TENANT_VERIFIED",
        })
        for kind in verification["missingDocuments"]:
            self._post(f"/verifications/{verification['verificationId']}/documents", {
                "documentType": kind, "fileName": f"{kind.lower()}.pdf", "mimeType": "application/pdf",
                "fileContent": base64.b64encode(document(kind)).decode(),
            })
        return verification["verificationId"]

    def verification(self, verification_id):
        """What has become of a review: its status, and the reason if it is REJECTED."""
        return self._call("GET", f"/verifications/{verification_id}")

    def activate(self, customer):
        """Accepts the consents that are asked for, and opens the wallet."""
        path = f"/customer/{customer.kind}/{customer.id}"
        for consent in ("terms", "privacy", "data-processing"):
            self._post(f"{path}/consents/{consent}", {"accepted": True, "version": "1.0"})
        if customer.kind == "individual":
            return self._post(f"{path}/activation", {"code": "123456"})
        return self._post(f"{path}/activation", {"activationReason": "All checks passed"})

    def pay(self, customer, payee, cents, confirm):
        """Pays a payee. confirm is given the customer's link to the payment, and gives the code that stands behind it."""
        path = f"/fintrans/{customer.wallet}"
        name = {"companyName": payee.name} if payee.is_company else dict(zip(("firstName", "lastName"), payee.name.split(" ", 1)))
        beneficiary = self._post(f"{path}/beneficiaries", {
            "partyType": "BUSINESS_CUSTOMER" if payee.is_company else "INDIVIDUAL_CUSTOMER", **name,
            "iban": payee.iban, "country": payee.iban[:2], "currency": "EUR", "networkName": "SEPA",
        })
        consent = self._post(f"{path}/payment-consents/types/transfer", {
            "paymentType": "TRANSFER", "title": f"Payment to {payee.name}",
            # As narrow as the payment: whoever gets hold of the consent can do no more with it.
            "parameters": {"validity": {"startDate": "2020-01-01", "endDate": "2199-12-31", "maxUsageCount": 1},
                           "limits": {"maxAmountPerTransaction": {"amount": cents / 100, "currency": "EUR"}}},
        })
        order = self._post(f"{path}/types/transfer/prepare", {
            "sourceAccount": {"walletId": customer.wallet}, "target": {"iban": payee.iban, "name": payee.name},
            "beneficiaryId": beneficiary["assetId"], "amount": {"value": str(cents), "scale": 2, "currency": "EUR"},
            "consent": {"consentReference": consent["consentId"]},
        })
        return self._post(f"{path}/types/transfer/execute", {
            "preparedOrderId": order["preparedOrderId"], "authenticationCode": confirm(consent["magicLinkToken"]),
            "consentConfirmation": {"consentId": consent["consentId"], "confirmed": True},
        })

    def balance(self, customer):
        """What the customer can spend, in cents."""
        return int(self._call("GET", f"/fintrans/{customer.wallet}/balance")["availableBalance"])

    def subscribe(self, url, secret, events):
        self._post("/webhooks/subscriptions", {"endpointUrl": url, "secretKey": secret, "subscribedEvents": events})

    def _post(self, path, body):
        return self._call("POST", path, body)

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base_url + path, data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise Refused(refusal.code, json.load(refusal)) from None


def is_signed(secret, body, signature):
    """Whether a webhook comes from FinHub: body is what came, byte for byte, and signature its X-FinHub-Signature.

    Whoever parses the body first and writes it again signs something else.
    """
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    # A comparison that ends at the first difference tells a forger how far it got.
    return hmac.compare_digest(wanted.encode(), signature.encode())
