package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.ShopClient.Answer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The id of a request, from the client and back to it. What it does to the log is shown by RestartIntegrationTest. */
class RequestIdIntegrationTest extends RunningShop {
    private static final String HEADER = "X-Request-Id";

    @Test
    void every_answer_has_the_id_of_its_request_errors_and_refusals_included() {
        ShopClient nobody = shop.with("");
        assertThat(id(shop.post("/api/v1/orders", "{}", HEADER, "r-400"))).isEqualTo("r-400");
        assertThat(id(nobody.post("/api/v1/orders", "{}", HEADER, "r-401"))).isEqualTo("r-401");
        assertThat(id(shop.post("/api/v1/admin/products", "{}", HEADER, "r-403")))
                .isEqualTo("r-403");
        assertThat(id(shop.post("/api/v1/elsewhere", "{}", HEADER, "r-404"))).isEqualTo("r-404");
        assertThat(id(shop.post("/api/v1/products/1", "{}", HEADER, "r-405"))).isEqualTo("r-405");
        assertThat(UUID.fromString(id(shop.get("/api/v1/products")))).isNotNull();
    }

    @Test
    void an_id_that_does_not_suit_the_log_is_replaced() {
        assertThat(UUID.fromString(id(shop.post("/api/v1/orders", "{}", HEADER, "r-1 ERROR forged"))))
                .isNotNull();
        assertThat(UUID.fromString(id(shop.post("/api/v1/orders", "{}", HEADER, "r".repeat(65)))))
                .isNotNull();
    }

    @Test
    void the_event_of_an_order_carries_the_id_of_its_request() {
        String items = "{\"items\":[{\"productId\":%d,\"quantity\":1}]}".formatted(shop.product(1));
        String id = "r-" + UUID.randomUUID();
        Answer order = shop.post("/api/v1/orders", items, HEADER, id, "Idempotency-Key", newKey());
        assertThat(order.status()).isEqualTo(201);
        String headers = jdbc.sql("SELECT headers FROM outbox_events WHERE aggregate_id = ?")
                .param(order.text("id"))
                .query(String.class)
                .single();
        assertThat(headers.replace(" ", "")).contains("\"requestid\":\"%s\"".formatted(id));
    }

    private static String id(Answer answer) {
        return answer.headers().firstValue(HEADER).orElseThrow();
    }
}
