package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.outbox.sample.mockplatform.domain.MockDelivery;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What the data platform hears of orders, one by one. */
@Timeout(120)
class DataPlatformIntegrationTest extends DataPlatformShop {
    @Autowired
    MeterRegistry meters;

    @Test
    void each_event_of_an_order_is_delivered_once_with_its_id_as_the_key() {
        long product = shop.product(10);
        String cancelled = shop.order(newKey(), product, 1).text("id");
        String completed = shop.order(newKey(), product, 1).text("id");
        shop.cancel(cancelled);
        shop.complete(completed);
        awaitDelivered(cancelled, "ORDER_CREATED", "ORDER_CANCELLED");
        awaitDelivered(completed, "ORDER_CREATED", "ORDER_COMPLETED");
        await().atMost(PATIENCE).until(() -> !shop.notifications(completed).isEmpty());
        assertThat(deliveries(completed).get(0).idempotencyKey())
                .isEqualTo(shop.notifications(completed).get(0).get("eventId").asString());
        assertThat(deadLetters(cancelled)).isEmpty();
    }

    @Test
    void after_a_lost_answer_the_event_comes_again_with_the_same_key_and_is_there_once() {
        String order = deliveredOrder();
        mode("SLOW", order);
        shop.cancel(order);
        awaitDelivered(order, "ORDER_CREATED", "ORDER_CANCELLED");
        mode("OK");
        await().atMost(PATIENCE)
                .until(() -> lines(order).stream()
                        .anyMatch(line -> line.getFormattedMessage().startsWith("The data platform has event")
                                && line.getFormattedMessage().contains("ORDER_CANCELLED")));
        MockDelivery delivery = deliveries(order).get(1);
        assertThat(delivered(order)).containsExactly("ORDER_CREATED", "ORDER_CANCELLED");
        assertThat(delivery.requests()).isGreaterThan(1);
        assertThat(deadLetters(order)).isEmpty();
        assertThat(linesOf(delivery.idempotencyKey(), order))
                .anyMatch(line -> line.startsWith("Try 1 of 4 to deliver event")
                        && line.endsWith("there was no answer: java.net.http.HttpTimeoutException."))
                .anyMatch(line -> line.startsWith("Try 2 of 4 to deliver event"))
                .noneMatch(line -> line.contains("productId"));
    }

    /** Of an event, whose id and order each of them names. */
    private List<String> linesOf(String eventId, String order) {
        return lines(order).stream()
                .filter(line -> eventId.equals(line.getMDCPropertyMap().get("eventId")))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void an_event_that_is_refused_becomes_a_dead_letter_after_one_request_and_the_order_stays_as_it_is() {
        String order = deliveredOrder();
        long refusedBefore = refusals();
        mode("REJECT", order);
        shop.cancel(order);
        await().atMost(PATIENCE).until(() -> deadLetters(order).size() == 1);
        JsonNode letter = deadLetters(order).get(0);
        assertThat(letter.get("attempts").asInt()).isEqualTo(1);
        assertThat(letter.get("error").asString())
                .contains("The data platform refuses event", "ORDER_CANCELLED", "it has answered 422");
        assertThat(copies(order)).isEqualTo(1);
        assertThat(lines(order))
                .anyMatch(line -> line.getLevel() == Level.ERROR
                        && line.getFormattedMessage().startsWith("The data platform refuses event"));
        await().atMost(PATIENCE).until(() -> refusals() > refusedBefore);
        assertThat(refusals()).isEqualTo(refusedBefore + 1);
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
        assertThat(shop.get("/api/v1/orders/" + order).text("status")).isEqualTo("CANCELLED");
        assertThat(delivered(order)).containsExactly("ORDER_CREATED");
    }

    private long refusals() {
        return meters
                .find("http.server.requests")
                .tags("uri", "/mock/data-platform/orders", "status", "422")
                .timers()
                .stream()
                .mapToLong(Timer::count)
                .sum();
    }
}
