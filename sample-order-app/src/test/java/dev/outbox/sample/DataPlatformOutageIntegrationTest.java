package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A data platform that is away, and one that is there but does not take one of the events. */
@Timeout(180)
class DataPlatformOutageIntegrationTest extends DataPlatformShop {
    private static final String PAUSED = "The data platform does not answer: deliveries pause for 2000 ms";
    private static final String RESUMED = "Deliveries to the data platform are resumed";

    @Test
    void while_it_is_away_deliveries_pause_and_afterwards_every_event_is_delivered_once() {
        long product = shop.product(10);
        mode("UNAVAILABLE");
        List<String> orders =
                new ArrayList<>(List.of(shop.order(newKey(), product, 1).text("id")));
        await().atMost(PATIENCE).until(() -> listener().isContainerPaused());
        for (int i = 0; i < 3; i++) orders.add(shop.order(newKey(), product, 1).text("id"));
        shop.cancel(orders.get(0));
        await().atMost(PATIENCE).until(() -> count(PAUSED) >= 3);
        assertThat(orders).allSatisfy(order -> {
            assertThat(deliveries(order)).isEmpty();
            assertThat(deadLetters(order)).isEmpty();
            assertThat(copies(order)).isZero();
        });

        mode("OK");
        awaitDelivered(orders.get(0), "ORDER_CREATED", "ORDER_CANCELLED");
        orders.stream().skip(1).forEach(order -> awaitDelivered(order, "ORDER_CREATED"));
        await().atMost(PATIENCE).until(() -> !listener().isContainerPaused());
        await().atMost(PATIENCE).until(() -> count(RESUMED) == count(PAUSED));
        assertThat(orders).allSatisfy(order -> assertThat(deadLetters(order)).isEmpty());
        assertThat(orders)
                .extracting(order -> shop.get("/api/v1/orders/" + order).text("status"))
                .containsExactly("CANCELLED", "CREATED", "CREATED", "CREATED");
        assertThat(shop.stock(product)).isEqualTo(7);
    }

    private long count(String message) {
        return lines().stream()
                .filter(line -> line.getFormattedMessage().contains(message))
                .count();
    }

    @Test
    void an_event_that_it_never_takes_while_it_takes_others_becomes_a_dead_letter_that_can_be_redriven() {
        long product = shop.product(1000);
        String order = deliveredOrder();
        mode("UNAVAILABLE", order);
        shop.cancel(order);
        List<String> others = new ArrayList<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            others.add(shop.order(newKey(), product, 1).text("id"));
            return !deadLetters(order).isEmpty();
        });
        JsonNode letter = deadLetters(order).get(0);
        assertThat(letter.get("error").asString())
                .contains("The data platform answers, but not to event", "ORDER_CANCELLED", "it has answered 503");
        assertThat(copies(order)).isEqualTo(1);
        others.forEach(other -> awaitDelivered(other, "ORDER_CREATED"));
        assertThat(shop.get("/api/v1/orders/" + order).text("status")).isEqualTo("CANCELLED");

        mode("OK");
        Answer redriven = shop.admin()
                .post(
                        "/outbox/api/dead-letters/redrive",
                        "{\"reason\":\"the data platform is repaired\",\"filter\":{\"consumer\":\"%s\",\"eventIds\":[\"%s\"]}}"
                                .formatted(CONSUMER, letter.get("eventId").asString()));
        assertThat(redriven.body().get("handled").asInt())
                .as(redriven.body().toString())
                .isEqualTo(1);
        assertThat(delivered(order)).containsExactly("ORDER_CREATED", "ORDER_CANCELLED");
        assertThat(deadLetters(order)).isEmpty();
    }
}
