package dev.outbox.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who uses the shop by HTTP. Safe for use by many threads. */
public final class ShopClient {
    static final String PASSWORD = "a good password";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    private final String url;
    private final String token;
    private final String adminToken;

    private ShopClient(String url, String token, String adminToken) {
        this.url = url;
        this.token = token;
        this.adminToken = adminToken;
    }

    /** Somebody who is not known. */
    static ShopClient anonymous(int port) {
        return new ShopClient("http://localhost:" + port, "", "");
    }

    /** A customer, who registers if it is the first time. */
    public static ShopClient customer(int port, String email) {
        ShopClient anonymous = anonymous(port);
        anonymous.post("/api/v1/auth/register", credentials(email, PASSWORD));
        return new ShopClient(
                anonymous.url,
                anonymous.logIn(email, PASSWORD),
                anonymous.logIn(LocalOrderApplication.ADMIN_EMAIL, LocalOrderApplication.ADMIN_PASSWORD));
    }

    public record Answer(int status, HttpHeaders headers, JsonNode body) {
        public String text(String field) {
            return body.get(field).asString();
        }
    }

    /** The ADMIN of the same shop. */
    ShopClient admin() {
        return with(adminToken);
    }

    /** Somebody else of the same shop, or nobody where the token is empty. */
    ShopClient with(String otherToken) {
        return new ShopClient(url, otherToken, adminToken);
    }

    /** The token that comes with each request; empty for none. */
    String token() {
        return token;
    }

    /** The token of a user. */
    String logIn(String email, String password) {
        return post("/api/v1/auth/login", credentials(email, password)).text("token");
    }

    static String credentials(String email, String password) {
        return JSON.writeValueAsString(
                JSON.createObjectNode().put("email", email).put("password", password));
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).setHeader("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) request.setHeader(headers[i], headers[i + 1]);
        return send(request);
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer like(long productId) {
        return post("/api/v1/products/%d/likes".formatted(productId), "");
    }

    /** Takes a like back. */
    public Answer unlike(long productId) {
        return delete("/api/v1/products/%d/likes".formatted(productId));
    }

    Answer put(String path, String body) {
        return send(request(path).setHeader("Content-Type", "application/json").PUT(BodyPublishers.ofString(body)));
    }

    public Answer order(String key, long productId, int quantity) {
        return order(key, "[{\"productId\":%d,\"quantity\":%d}]".formatted(productId, quantity));
    }

    Answer order(String key, String items) {
        return post("/api/v1/orders", "{\"items\":%s}".formatted(items), "Idempotency-Key", key);
    }

    Answer cancel(String orderId) {
        return post("/api/v1/orders/%s/cancel".formatted(orderId), "");
    }

    /** Has the ADMIN complete an order. */
    public Answer complete(String orderId) {
        return admin().post("/api/v1/admin/orders/%s/complete".formatted(orderId), "");
    }

    /** Has the ADMIN put a product into the shop, and returns its id. */
    public long product(int stock) {
        String body =
                "{\"sku\":\"%s\",\"name\":\"Tea\",\"price\":3.50,\"stock\":%d}".formatted(UUID.randomUUID(), stock);
        return admin().post("/api/v1/admin/products", body).body().get("id").asLong();
    }

    int stock(long productId) {
        return get("/api/v1/products/" + productId).body().get("stock").asInt();
    }

    List<JsonNode> notifications(String orderId) {
        return get("/api/v1/notifications?orderId=" + orderId)
                .body()
                .valueStream()
                .toList();
    }

    /** The status of an answer that is not JSON. */
    int status(String path) {
        return response(request(path).GET()).statusCode();
    }

    /** The status of an answer that need not be JSON, to a request that may have a body, which is. */
    int status(String method, String path, String body, String idempotencyKey) {
        return response(request(path)
                        .setHeader("Content-Type", "application/json")
                        .setHeader("Idempotency-Key", idempotencyKey)
                        .method(method, BodyPublishers.ofString(body)))
                .statusCode();
    }

    /** The body of an answer that is not JSON. */
    String text(String path) {
        return response(request(path).GET()).body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
        return token.isEmpty() ? request : request.setHeader("Authorization", "Bearer " + token);
    }

    private static Answer send(HttpRequest.Builder request) {
        HttpResponse<String> response = response(request);
        return new Answer(response.statusCode(), response.headers(), JSON.readTree(response.body()));
    }

    private static HttpResponse<String> response(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
