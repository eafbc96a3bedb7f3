package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageLimitsTest {
    private static final OutboxMessage GOOD = OutboxMessage.of("Order", "1", "OrderPlaced", "secret body");
    private final MessageLimits limits = new MessageLimits(1000);

    @Test
    void lets_the_largest_message_pass() {
        OutboxMessage largest = OutboxMessage.of("t".repeat(100), "i".repeat(200), "e".repeat(200), "")
                .contentType("c".repeat(100))
                .header("h".repeat(100), "v".repeat(16_284));
        assertThatCode(() -> limits.checkNames(largest)).doesNotThrowAnyException();
        assertThatCode(() -> limits.checkPayload(largest, 1000)).doesNotThrowAnyException();
    }

    @SuppressWarnings("NullAway") // callers without null checking do pass null
    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(OutboxMessage.of(null, "1", "E", ""), "The aggregateType of an event is null."),
                Arguments.of(OutboxMessage.of(" ", "1", "E", ""), "The aggregateType of an event is empty."),
                Arguments.of(
                        OutboxMessage.of("t".repeat(101), "1", "E", ""),
                        "The aggregateType of an event is 101 characters long; at most 100 are allowed."),
                Arguments.of(
                        OutboxMessage.of("outbox.DeadLetter", "1", "E", ""),
                        "The aggregateType of an event is reserved for dead letters; choose another name."),
                Arguments.of(OutboxMessage.of("Order", null, "E", ""), "The aggregateId of an event is null."),
                Arguments.of(OutboxMessage.of("Order", "", "E", ""), "The aggregateId of an event is empty."),
                Arguments.of(
                        OutboxMessage.of("Order", "i".repeat(201), "E", ""),
                        "The aggregateId of an event is 201 characters long; at most 200 are allowed."),
                Arguments.of(
                        OutboxMessage.of("Order", "a\0b", "E", ""),
                        "The aggregateId of an event contains a control character, such as a line break; leave it"
                                + " out."),
                Arguments.of(
                        OutboxMessage.of("Order", "1", "Order\nPlaced", ""),
                        "The eventType of an event contains a control character"),
                Arguments.of(OutboxMessage.of("Order", "1", null, ""), "The eventType of an event is null."),
                Arguments.of(
                        OutboxMessage.of("Order", "1", "e".repeat(201), ""),
                        "The eventType of an event is 201 characters long; at most 200 are allowed."),
                Arguments.of(
                        OutboxMessage.of("Order", "1", "E", null),
                        "The payload of an event is null; give the event a body."),
                Arguments.of(GOOD.contentType(""), "The contentType of an event is empty."),
                Arguments.of(
                        GOOD.contentType("Application/CloudEvents+json"),
                        "The contentType of an event is 'Application/CloudEvents+json', as if the payload were a whole"
                                + " CloudEvent; name the media type of the data, since the rest of the event travels in"
                                + " headers."),
                Arguments.of(
                        GOOD.header("ce_id", "1"), "The header 'ce_id' of an event is reserved; choose another name."),
                Arguments.of(GOOD.header("Content-Type", "1"), "is reserved; choose another name."),
                Arguments.of(GOOD.header("a", null), "The header 'a' of an event is null; leave it out instead."),
                Arguments.of(
                        GOOD.header("a", "v".repeat(16_384)),
                        "The headers of an event are 16385 characters long; at most 16384 are allowed."));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void names_the_field_and_its_limit(OutboxMessage message, String sentence) {
        assertThatThrownBy(() -> limits.checkNames(message))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("secret body");
    }

    @Test
    void names_the_limit_of_an_oversized_payload() {
        assertThatThrownBy(() -> limits.checkPayload(GOOD, 1001))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessage(
                        "The payload of an event is 1001 bytes long; at most 1000 are allowed (outbox.publish.max-payload-size)."
                                + " Publish a reference to large data instead. It was to be published as event type 'OrderPlaced' of aggregate type 'Order'.");
    }
}
