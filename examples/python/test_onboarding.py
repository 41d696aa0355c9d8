import unittest

from onboarding import Payee, Refused
from sandbox import Receiver, Sandbox, open_link

PASSWORD = "SecurePass123!"


class OnboardingTest(unittest.TestCase):
    def setUp(self):
        self.sandbox = Sandbox(self._testMethodName.replace("_", "-"))
        self.finhub = self.sandbox.finhub

    def register_anna(self):
        anna = self.finhub.register_person("Anna", "Petrauskaitė", "anna@example.com", "+37062767557", PASSWORD)
        return anna, self.finhub.verify_person(anna, "24010101")

    def test_a_person_pays(self):
        anna, verification = self.register_anna()
        self.assertEqual(self.finhub.verification(verification)["status"], "IN_PROGRESS")
        self.sandbox.advance("72h")  # A review takes one to three days.
        self.assertEqual(self.finhub.verification(verification)["status"], "APPROVED")
        self.assertEqual(self.finhub.activate(anna)["customerStatus"], "ACTIVE")

        self.sandbox.fund(anna, "500.00")
        paid = self.finhub.pay(anna, Payee("Jonas Petraitis", "LT263500098765432109"), 100_00, open_link)
        self.assertEqual(paid["status"], "COMPLETED")
        self.assertEqual(self.finhub.balance(anna), 398_50)  # The fee is 1.50.

    def test_a_company_pays(self):
        medis = self.finhub.register_company("UAB Medis", "304999001", "admin@medis.example", PASSWORD)
        self.finhub.add_personnel(
            medis,
            administrator={"firstName": "Tomas", "lastName": "Jankauskas", "email": "tomas@medis.example"},
            director={"firstName": "Rasa", "lastName": "Kazlauskienė", "email": "rasa@medis.example"})
        verification = self.finhub.verify_company(medis, lambda kind: b"%PDF-1.4\n%%EOF\n")
        self.sandbox.advance("120h")  # That of a company takes two to five.
        self.assertEqual(self.finhub.verification(verification)["status"], "APPROVED")
        self.assertEqual(self.finhub.activate(medis)["customerStatus"], "ACTIVE")

        self.sandbox.fund(medis, "5000.00")
        supplier = Payee("Nordwind Handels GmbH", "DE89370400440532013000", is_company=True)
        self.assertEqual(self.finhub.pay(medis, supplier, 1200_00, open_link)["status"], "COMPLETED")
        self.assertEqual(self.finhub.balance(medis), 3798_50)

    def test_a_rejected_person_is_not_activated(self):
        self.sandbox.use_scenario("kyc-rejected")
        anna, verification = self.register_anna()
        self.sandbox.advance("72h")
        rejected = self.finhub.verification(verification)
        self.assertEqual((rejected["status"], rejected["reason"]), ("REJECTED", "DATA_MISMATCH"))

        with self.assertRaises(Refused) as refusal:
            self.finhub.activate(anna)
        self.assertEqual(refusal.exception.status, 422)
        self.assertIn("new attempt", refusal.exception.suggestions[0])

    def test_webhooks_are_taken_from_finhub_alone(self):
        # The first attempt of each webhook is signed with another secret; the second is right.
        self.sandbox.use_scenario("webhook-forged")
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.finhub.subscribe(receiver.url, receiver.secret, ["verification.approved"])
        anna, verification = self.register_anna()
        self.sandbox.advance("72h")
        self.assertEqual(receiver.refused, 1)
        self.assertEqual([e["type"] for e in receiver.received], ["verification.approved"])
        self.assertEqual(receiver.received[0]["data"]["verificationId"], verification)


if __name__ == "__main__":
    unittest.main()
