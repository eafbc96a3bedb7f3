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
final class ShopClient {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final String url;

    ShopClient(int port) {
        url = "http://localhost:" + port;
    }

    record Answer(int status, HttpHeaders headers, JsonNode body) {
        String text(String field) {
            return body.get(field).asString();
        }
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).setHeader("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) request.setHeader(headers[i], headers[i + 1]);
        return send(request);
    }

    Answer order(String key, long productId, int quantity) {
        return order(key, "[{\"productId\":%d,\"quantity\":%d}]".formatted(productId, quantity));
    }

    Answer order(String key, String items) {
        return post("/api/v1/orders", "{\"items\":%s}".formatted(items), "Idempotency-Key", key);
    }

    /** Puts a product into the shop and returns its id. */
    long product(int stock) {
        String body =
                "{\"sku\":\"%s\",\"name\":\"Tea\",\"price\":3.50,\"stock\":%d}".formatted(UUID.randomUUID(), stock);
        return post("/api/v1/admin/products", body).body().get("id").asLong();
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

    /** The body of an answer that is not JSON. */
    String text(String path) {
        return response(request(path).GET()).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
    }

    private Answer send(HttpRequest.Builder request) {
        HttpResponse<String> response = response(request);
        return new Answer(response.statusCode(), response.headers(), json.readTree(response.body()));
    }

    private HttpResponse<String> response(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
