package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxMessage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnnotatedEventsTest {
    private final AnnotatedEvents events = new AnnotatedEvents();

    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", version = "version", topic = "orders")
    private record OrderPlaced(@Nullable UUID orderId, int version) {}

    @Test
    void reads_a_record() {
        UUID id = UUID.randomUUID();
        OrderPlaced event = new OrderPlaced(id, 7);
        OutboxMessage message = events.toMessage(event);
        assertThat(message.aggregateType()).isEqualTo("Order");
        assertThat(message.aggregateId()).isEqualTo(id.toString());
        assertThat(message.eventType()).isEqualTo("OrderPlaced");
        assertThat(message.aggregateVersion()).isEqualTo(7);
        assertThat(message.topic()).isEqualTo("orders");
        assertThat(message.payload()).isSameAs(event);
    }

    @OutboxEvent(type = "CustomerMoved", aggregate = "Customer", key = "customerNumber")
    static class Bean {
        public long getCustomerNumber() {
            return 42;
        }
    }

    @Test
    void reads_a_getter_and_leaves_out_what_is_not_given() {
        OutboxMessage message = events.toMessage(new Bean());
        assertThat(message.aggregateId()).isEqualTo("42");
        assertThat(message.aggregateVersion()).isNull();
        assertThat(message.topic()).isNull();
    }

    @Test
    void refuses_null_and_unannotated_objects() {
        assertThatThrownBy(() -> events.toMessage(null))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageContaining("The event is null");
        assertThatThrownBy(() -> events.toMessage("text"))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessage(
                        "java.lang.String is not annotated with @OutboxEvent; annotate it, or publish OutboxMessage.of(aggregateType, aggregateId, eventType, payload).");
    }

    @Test
    void refuses_a_key_that_is_null() {
        assertThatThrownBy(() -> events.toMessage(new OrderPlaced(null, 1)))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageEndingWith("OrderPlaced is null, but has to be a CharSequence, Number, UUID or enum.");
    }

    private record OrderId(UUID value) {}

    @OutboxEvent(type = "E", aggregate = "Order", key = "id")
    private record Wrapped(OrderId id) {}

    @Test
    void refuses_a_key_whose_text_is_not_its_own() {
        assertThatThrownBy(() -> events.toMessage(new Wrapped(new OrderId(UUID.randomUUID()))))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageContaining("has to be a CharSequence, Number, UUID or enum");
    }

    @OutboxEvent(type = "E", aggregate = "Order", key = "orderID")
    private record Misspelt(String orderId) {}

    @Test
    void refuses_a_key_that_does_not_exist() {
        assertThatThrownBy(() -> events.toMessage(new Misspelt("1")))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageContaining("@OutboxEvent(key = \"orderID\")")
                .hasMessageContaining("names no record component or public method without parameters");
    }
}
