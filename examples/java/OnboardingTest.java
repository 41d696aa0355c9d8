import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A program of tests, since Java has no other without a library: each method is one, and would be a @Test of JUnit's. */
final class OnboardingTest {
    private static final String PASSWORD = "SecurePass123!";
    private static final FinHub.Person ANNA = new FinHub.Person("Anna", "Petrauskaitė", "anna@example.com");

    private interface Test {
        void run(Sandbox sandbox) throws Exception;
    }

    public static void main(String[] args) {
        Map<String, Test> tests = Map.of(
            "person-pays", OnboardingTest::personPays,
            "company-pays", OnboardingTest::companyPays,
            "rejected-person-is-not-activated", OnboardingTest::rejectedPersonIsNotActivated,
            "webhooks-are-taken-from-finhub-alone", OnboardingTest::webhooksAreTakenFromFinHubAlone);
        int failed = 0;
        for (Map.Entry<String, Test> test : tests.entrySet()) {
            try {
                test.getValue().run(new Sandbox(test.getKey()));
                System.out.println("ok " + test.getKey());
            } catch (Exception | AssertionError e) {
                failed++;
                System.out.println("FAILED " + test.getKey());
                e.printStackTrace(System.out);
            }
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void personPays(Sandbox sandbox) throws Exception {
        FinHub finhub = sandbox.finhub;
        FinHub.Customer anna = finhub.registerPerson(ANNA, "+37062767557", PASSWORD);
        String review = finhub.verifyPerson(anna, "24010101");
        equal("IN_PROGRESS", finhub.verification(review).get("status"));
        sandbox.advance("72h"); // A review takes one to three days.
        equal("APPROVED", finhub.verification(review).get("status"));
        equal("ACTIVE", finhub.activate(anna));

        sandbox.fund(anna, "500.00");
        FinHub.Payee landlord = new FinHub.Payee("Jonas Petraitis", "LT263500098765432109", FinHub.Kind.INDIVIDUAL);
        equal("COMPLETED", finhub.pay(anna, landlord, 100_00, Sandbox::openLink));
        equal(398_50L, finhub.balance(anna)); // The fee is 1.50.
    }

    private static void companyPays(Sandbox sandbox) throws Exception {
        FinHub finhub = sandbox.finhub;
        FinHub.Customer medis = finhub.registerCompany("UAB Medis", "304999001", "admin@medis.example", PASSWORD);
        finhub.addPersonnel(medis,
            new FinHub.Person("Tomas", "Jankauskas", "tomas@medis.example"),
            new FinHub.Person("Rasa", "Kazlauskienė", "rasa@medis.example"));
        String review = finhub.verifyCompany(medis, type -> "%PDF-1.4\n%%EOF\n".getBytes(StandardCharsets.UTF_8));
        sandbox.advance("120h"); // That of a company takes two to five.
        equal("APPROVED", finhub.verification(review).get("status"));
        equal("ACTIVE", finhub.activate(medis));

        sandbox.fund(medis, "5000.00");
        FinHub.Payee supplier = new FinHub.Payee("Nordwind Handels GmbH", "DE89370400440532013000", FinHub.Kind.ORGANIZATION);
        equal("COMPLETED", finhub.pay(medis, supplier, 1200_00, Sandbox::openLink));
        equal(3798_50L, finhub.balance(medis));
    }

    private static void rejectedPersonIsNotActivated(Sandbox sandbox) throws Exception {
        FinHub finhub = sandbox.finhub;
        sandbox.useScenario("kyc-rejected");
        FinHub.Customer anna = finhub.registerPerson(ANNA, "+37062767557", PASSWORD);
        String review = finhub.verifyPerson(anna, "24010101");
        sandbox.advance("72h");
        equal("REJECTED", finhub.verification(review).get("status"));
        equal("DATA_MISMATCH", finhub.verification(review).get("reason"));
        try {
            finhub.activate(anna);
        } catch (FinHub.Refused refused) {
            equal(422, refused.status);
            equal(true, refused.suggestions.get(0).contains("new attempt"));
            return;
        }
        throw new AssertionError("she is activated");
    }

    private static void webhooksAreTakenFromFinHubAlone(Sandbox sandbox) throws Exception {
        FinHub finhub = sandbox.finhub;
        // The first attempt of each webhook is signed with another secret; the second is right.
        sandbox.useScenario("webhook-forged");
        try (Sandbox.Receiver receiver = new Sandbox.Receiver()) {
            finhub.subscribe(receiver.url, Sandbox.Receiver.SECRET, List.of("verification.approved"));
            FinHub.Customer anna = finhub.registerPerson(ANNA, "+37062767557", PASSWORD);
            String review = finhub.verifyPerson(anna, "24010101");
            sandbox.advance("72h");
            equal(1, receiver.refused.get());
            equal(1, receiver.received.size());
            equal("verification.approved", receiver.received.get(0).get("type"));
            equal(review, FinHub.object(receiver.received.get(0).get("data")).get("verificationId"));
        }
    }

    private static void equal(Object want, Object got) {
        if (!Objects.equals(want, got)) {
            throw new AssertionError("it is " + got + ", not " + want);
        }
    }
}
