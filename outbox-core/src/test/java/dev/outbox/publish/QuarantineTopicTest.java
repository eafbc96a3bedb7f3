package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import dev.outbox.store.NewEvent;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What it stores and when is in QuarantineTopicContract. */
class QuarantineTopicTest {
    @Test
    void a_dead_letter_lies_in_the_lane_of_its_own_key() {
        OutboxRecord event = new OutboxRecord(
                1,
                UUID.randomUUID(),
                "Order",
                "A",
                null,
                "OrderPlaced",
                "orders",
                "application/json",
                new byte[0],
                Map.of(),
                null,
                Instant.EPOCH);
        NewEvent letter = new QuarantineTopic("dead", 64)
                .of(new Candidate(event, 3, 0, true, false, false), new Failure(1, true, null, "refused"));
        assertThat(letter).isNotNull();
        assertThat(letter.lane())
                .isEqualTo(new KeyLane(64).of("outbox.DeadLetter", "A"))
                .isNotEqualTo(new KeyLane(64).of("Order", "A"));
    }

    @Test
    void a_name_that_kafka_refuses_is_refused() {
        assertThatThrownBy(() -> new QuarantineTopic("dead letters", 64))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "outbox.kafka.dead-letter-topic is 'dead letters', which is no name of a topic."
                                + " Choose another name, or remove the property for none: Kafka allows 1 to 249 letters, digits, '.', '_' and '-'.");
    }
}
