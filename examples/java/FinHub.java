import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Customers of FinHub, from their registration to a transfer that is paid. Every call is made with a token of the
 * tenant's staff, as a back office makes it.
 */
final class FinHub {
    /** FinHub's no. The suggestions are the calls that would help. */
    static final class Refused extends IOException {
        final int status;
        final List<String> suggestions;

        Refused(int status, Map<String, Object> reply) {
            super(status + " " + reply.get("message") + ": " + data(reply).get("details"));
            this.status = status;
            this.suggestions = texts(data(reply).get("suggestions"));
        }
    }

    enum Kind { INDIVIDUAL, ORGANIZATION }

    record Customer(Kind kind, String id, String wallet) {
        String path() {
            return "/customer/" + kind.name().toLowerCase() + "/" + id;
        }
    }

    record Person(String firstName, String lastName, String email) {
        Map<String, Object> body() {
            return Map.of("firstName", firstName, "lastName", lastName, "email", email);
        }
    }

    record Payee(String name, String iban, Kind kind) {
        Map<String, Object> body() {
            String[] names = name.split(" ", 2);
            String country = iban.substring(0, 2);
            return kind == Kind.ORGANIZATION
                ? Map.of("partyType", "BUSINESS_CUSTOMER", "companyName", name,
                    "iban", iban, "country", country, "currency", "EUR", "networkName", "SEPA")
                : Map.of("partyType", "INDIVIDUAL_CUSTOMER", "firstName", names[0], "lastName", names[1],
                    "iban", iban, "country", country, "currency", "EUR", "networkName", "SEPA");
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final String baseUrl;
    private final String token;
    private final String tenant;

    FinHub(String baseUrl, String token, String tenant) {
        this.baseUrl = baseUrl;
        this.token = token;
        this.tenant = tenant;
    }

    Customer registerPerson(Person person, String phone, String password) throws IOException, InterruptedException {
        return customer(Kind.INDIVIDUAL, post("/customer/individual/registration", Map.of(
            "firstName", person.firstName(), "lastName", person.lastName(), "email", person.email(), "phone", phone,
            "password", password, "matchingPassword", password)));
    }

    /** Begins a review, which takes days: its outcome comes as a webhook, or is asked for with verification. */
    String verifyPerson(Customer person, String passport) throws IOException, InterruptedException {
        return (String) post(person.path() + "/verification", Map.of(
            "verificationType", "IDENTITY",
            "verificationData", Map.of("documentType", "PASSPORT", "documentNumber", passport, "issuingCountry", "LT"))).get("verificationId");
    }

    Customer registerCompany(String name, String number, String email, String password) throws IOException, InterruptedException {
        return customer(Kind.ORGANIZATION, post("/customer/organization/registration", Map.of(
            "email", email, "password", password, "matchingPassword", password,
            "organizationCustomer", Map.of("customerName", name, "organization", Map.of(
                "legalName", name, "registrationNumber", number, "taxId", "LT" + number,
                "legalForm", "LIMITED_LIABILITY_COMPANY", "incorporationDate", "2019-04-02")))));
    }

    /** Names a company's people. The director owns it: the shares that are told must come to a hundred percent. */
    void addPersonnel(Customer company, Person administrator, Person director) throws IOException, InterruptedException {
        // The first employee must be an administrator.
        post(company.path() + "/employee", Map.of(
            "person", administrator.body(), "position", "COMPLIANCE_OFFICER", "roles", List.of("ADMIN_USER")));
        post(company.path() + "/director", Map.of("person", director.body(), "role", "MANAGING_DIRECTOR"));
        post(company.path() + "/shareholders", List.of(Map.of("person", director.body(), "sharePercentage", 100, "isPrimary", true)));
    }

    /** Begins a review with a document for each type that FinHub asks for: document gives the PDF of a type. */
    String verifyCompany(Customer company, Function<String, byte[]> document) throws IOException, InterruptedException {
        Map<String, Object> begun = post(company.path() + "/verify", Map.of(
            "customerId", company.id(), "type", "BUSINESS_VERIFICATION", "requestedLevel", "TENANT_VERIFIED"));
        for (String type : texts(begun.get("missingDocuments"))) {
            post("/verifications/" + begun.get("verificationId") + "/documents", Map.of(
                "documentType", type, "fileName", type.toLowerCase() + ".pdf", "mimeType", "application/pdf",
                "fileContent", Base64.getEncoder().encodeToString(document.apply(type))));
        }
        return (String) begun.get("verificationId");
    }

    /** What has become of a review: its status, and the reason if it is REJECTED. */
    Map<String, Object> verification(String id) throws IOException, InterruptedException {
        return call("GET", "/verifications/" + id, null);
    }

    /** Accepts the consents that are asked for, opens the customer's wallet, and gives the customer's status. */
    String activate(Customer customer) throws IOException, InterruptedException {
        for (String consent : List.of("terms", "privacy", "data-processing")) {
            post(customer.path() + "/consents/" + consent, Map.of("accepted", true, "version", "1.0"));
        }
        return (String) post(customer.path() + "/activation", customer.kind() == Kind.INDIVIDUAL
            ? Map.of("code", "123456") : Map.of("activationReason", "All checks passed")).get("customerStatus");
    }

    /**
     * Pays a payee, and gives the status of the transfer. confirm is given the customer's link to the payment, and gives
     * the code that stands behind it.
     */
    String pay(Customer customer, Payee payee, long cents, Function<String, String> confirm) throws IOException, InterruptedException {
        String path = "/fintrans/" + customer.wallet();
        Object beneficiary = post(path + "/beneficiaries", payee.body()).get("assetId");
        // As narrow as the payment: whoever gets hold of the consent can do no more with it.
        Map<String, Object> consent = post(path + "/payment-consents/types/transfer", Map.of(
            "paymentType", "TRANSFER", "title", "Payment to " + payee.name(), "parameters", Map.of(
                "validity", Map.of("startDate", "2020-01-01", "endDate", "2199-12-31", "maxUsageCount", 1),
                "limits", Map.of("maxAmountPerTransaction", Map.of("amount", cents / 100.0, "currency", "EUR")))));
        Object order = post(path + "/types/transfer/prepare", Map.of(
            "sourceAccount", Map.of("walletId", customer.wallet()), "target", Map.of("iban", payee.iban(), "name", payee.name()),
            "beneficiaryId", beneficiary, "amount", Map.of("value", Long.toString(cents), "scale", 2, "currency", "EUR"),
            "consent", Map.of("consentReference", consent.get("consentId")))).get("preparedOrderId");
        return (String) post(path + "/types/transfer/execute", Map.of(
            "preparedOrderId", order, "authenticationCode", confirm.apply((String) consent.get("magicLinkToken")),
            "consentConfirmation", Map.of("consentId", consent.get("consentId"), "confirmed", true))).get("status");
    }

    /** What the customer can spend, in cents. */
    long balance(Customer customer) throws IOException, InterruptedException {
        return Long.parseLong((String) call("GET", "/fintrans/" + customer.wallet() + "/balance", null).get("availableBalance"));
    }

    void subscribe(String url, String secret, List<String> events) throws IOException, InterruptedException {
        post("/webhooks/subscriptions", Map.of("endpointUrl", url, "secretKey", secret, "subscribedEvents", events));
    }

    /**
     * Whether a webhook comes from FinHub: the body is what came, byte for byte. Who parses it first and writes it again
     * signs something else.
     */
    static boolean isSigned(String secret, byte[] body, String signature) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String wanted = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        // A comparison that ends at the first difference tells a forger how far it got.
        return MessageDigest.isEqual(wanted.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> post(String path, Object body) throws IOException, InterruptedException {
        return call("POST", path, body);
    }

    private Map<String, Object> call(String method, String path, Object body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(Duration.ofSeconds(30))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)))
            .headers("Content-Type", "application/json", "Authorization", "Bearer " + token, "X-Tenant-ID", tenant,
                // Whom the call is made for: FinHub refuses calls that do not say.
                "X-Forwarded-For", "127.0.0.1", "X-Forwarded-From", "onboarding", "platform", "server", "deviceId", "back-office",
                // Companies are activated by an administrator.
                "X-User-ID", "back-office", "X-User-Roles", "ADMIN_USER")
            .build();
        HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
        Map<String, Object> said = object(Json.read(reply.body()));
        if (reply.statusCode() >= 400) {
            throw new Refused(reply.statusCode(), said);
        }
        return data(said);
    }

    private static Customer customer(Kind kind, Map<String, Object> made) {
        return new Customer(kind, (String) made.get("id"), (String) object(made.get("wallet")).get("walletId"));
    }

    private static Map<String, Object> data(Map<String, Object> reply) {
        return object(reply.get("data"));
    }

    /** An object of a reply; none is empty. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    /** A list of a reply; none is empty. */
    @SuppressWarnings("unchecked")
    private static List<String> texts(Object value) {
        return value == null ? List.of() : (List<String>) value;
    }
}
