package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an inbox counts; on H2, because it does not depend on the database. */
class InboxMetersTest extends InboxContract {
    private static final Duration CLAIM = Duration.ofMinutes(5);

    private final DataSource database = InboxRulesIntegrationTest.emptyH2();
    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Override
    DataSource emptySchema() {
        return database;
    }

    @BeforeEach
    void count() {
        OutboxTables tables = new OutboxTables(database, null, InboxStore.DEFAULT_PREFIX);
        inbox = new InboxProcessor(tables, transaction, null, Duration.ofDays(30), HeldKeys.NONE, meters);
    }

    @Test
    void what_becomes_of_each_event_is_counted_by_consumer() {
        InboxMessage message = message();
        handle(CONSUMER, message);
        handle(CONSUMER, message);
        handle(LATEST, version("A", 2));
        handle(LATEST, version("A", 1));
        handle(CONSUMER, replayed(message, "read-only", ""));
        handle(CONSUMER, replayed(at(message(), Instant.now().minus(Duration.ofDays(31))), "normal", ""));
        assertThat(events(CONSUMER))
                .isEqualTo(Map.of("handled", 1.0, "duplicate", 1.0, "not_concerned", 1.0, "forgotten", 1.0));
        assertThat(events(LATEST)).isEqualTo(Map.of("handled", 1.0, "stale", 1.0));
        assertThat(failures(CONSUMER)).isZero();
    }

    @Test
    void each_event_of_a_batch_is_counted() {
        InboxMessage message = message();
        handleAll(CONSUMER, message, message(), message);
        assertThat(events(CONSUMER)).isEqualTo(Map.of("handled", 2.0, "duplicate", 1.0));
    }

    @Test
    void work_without_a_transaction_is_counted_too() {
        InboxMessage message = message();
        inbox.work(CONSUMER, message, CLAIM, event -> null);
        inbox.work(CONSUMER, message, CLAIM, event -> null);
        assertThat(events(CONSUMER)).isEqualTo(Map.of("handled", 1.0, "duplicate", 1.0));
    }

    @Test
    void a_failure_is_counted_as_such_and_as_nothing_else() {
        assertThatThrownBy(() -> inbox.handle(CONSUMER, message(), 1, event -> {
                    throw new IllegalStateException("not now");
                }))
                .hasMessage("not now");
        assertThat(failures(CONSUMER)).isEqualTo(1);
        assertThat(events(CONSUMER)).isEmpty();
    }

    @Test
    void in_the_transaction_of_the_caller_an_event_counts_when_that_commits() {
        transaction.executeWithoutResult(status -> {
            handle(CONSUMER, message());
            assertThat(events(CONSUMER)).isEmpty();
        });
        assertThat(events(CONSUMER)).isEqualTo(Map.of("handled", 1.0));
        transaction.executeWithoutResult(status -> {
            handle(CONSUMER, message());
            status.setRollbackOnly();
        });
        assertThat(events(CONSUMER)).isEqualTo(Map.of("handled", 1.0));
    }

    @Test
    void all_outcomes_of_a_consumer_are_there_with_its_first_event() {
        handle(CONSUMER, message());
        for (InboxOutcome outcome : InboxOutcome.values())
            assertThat(meters.find("outbox.inbox.events")
                            .tags(
                                    "consumer",
                                    CONSUMER.name(),
                                    "outcome",
                                    outcome.name().toLowerCase(Locale.ROOT))
                            .counter())
                    .as(outcome.name())
                    .isNotNull();
    }

    /** Those that are not zero. */
    private Map<String, Double> events(InboxConsumer consumer) {
        return meters.find("outbox.inbox.events").tag("consumer", consumer.name()).counters().stream()
                .filter(counter -> counter.count() > 0)
                .collect(Collectors.toMap(
                        counter -> String.valueOf(counter.getId().getTag("outcome")), counter -> counter.count()));
    }

    private double failures(InboxConsumer consumer) {
        return meters.get("outbox.inbox.failures")
                .tag("consumer", consumer.name())
                .counter()
                .count();
    }
}
