import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What tests ask of the sandbox, and applications cannot: another time, money from nowhere, bad luck. It is a tenant for
 * one test, empty and with a clock that stands until it is moved.
 */
final class Sandbox {
    final FinHub finhub;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String tenant;

    Sandbox(String test) throws IOException, InterruptedException {
        // Tenants see nothing of each other, so that tests need not care for each other either.
        tenant = variable("SANDBOX_TENANT") + "-java-" + test;
        finhub = new FinHub(variable("FINHUB_BASE_URL"), variable("FINHUB_TOKEN"), tenant);
        // A sandbox that was started by hand may have the tenant of an earlier run.
        control("POST", "/reset", Map.of("everything", true));
        control("POST", "/clock/freeze", Map.of("at", "2030-01-01T09:00:00Z"));
    }

    void useScenario(String name) throws IOException, InterruptedException {
        control("PUT", "/scenario", Map.of("name", name));
    }

    /** Moves the clock. The webhooks that are due on the way have been answered when it returns. */
    void advance(String by) throws IOException, InterruptedException {
        control("POST", "/clock/advance", Map.of("by", by));
    }

    void fund(FinHub.Customer customer, String amount) throws IOException, InterruptedException {
        control("POST", "/wallets/" + customer.wallet() + "/fund", Map.of("amount", amount));
    }

    private void control(String method, String path, Map<String, Object> body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + variable("SANDBOX_CONTROL_ADDR") + "/_sandbox" + path))
            .method(method, BodyPublishers.ofString(Json.write(body)))
            .headers("Content-Type", "application/json", "X-Tenant-ID", tenant).build();
        HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
        if (reply.statusCode() >= 400) {
            throw new IOException(method + " " + path + ": " + reply.body());
        }
    }

    /**
     * The code behind a customer's link to a payment, as the page there shows it: the token has it in its claims.
     */
    static String openLink(String token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
        return (String) FinHub.object(Json.read(new String(claims, StandardCharsets.UTF_8))).get("answer");
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set: finhub-sandbox run -- java ...");
        }
        return value;
    }

    /** An application's endpoint for webhooks, on a free port. */
    static final class Receiver implements AutoCloseable {
        static final String SECRET = "s3cret";
        /** The events that it took, and how many webhooks it did not. */
        final List<Map<String, Object>> received = new CopyOnWriteArrayList<>();
        final AtomicInteger refused = new AtomicInteger();
        final String url;
        private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

        Receiver() throws IOException {
            server.createContext("/webhooks", exchange -> {
                try (exchange) {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    String signature = exchange.getRequestHeaders().getFirst("X-FinHub-Signature");
                    boolean signed = signature != null && FinHub.isSigned(SECRET, body, signature);
                    if (signed) {
                        received.add(FinHub.object(Json.read(new String(body, StandardCharsets.UTF_8))));
                    } else {
                        refused.incrementAndGet();
                    }
                    // What is not answered with success comes again.
                    exchange.sendResponseHeaders(signed ? 204 : 401, -1);
                } catch (GeneralSecurityException e) {
                    throw new IOException(e);
                }
            });
            server.start();
            url = "http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks";
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
