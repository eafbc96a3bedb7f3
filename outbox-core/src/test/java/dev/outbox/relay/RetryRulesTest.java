package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class RetryRulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RetryPolicy THREE = new RetryPolicy(3, SECOND, 2, Duration.ofMinutes(5), 0);
    private static final RetryPolicy ONE = new RetryPolicy(1, SECOND, 2, Duration.ofMinutes(5), 0);
    private final Exception cause = new IllegalArgumentException("no");

    private final RetryRules outagesDoNotCount =
            new RetryRules(THREE, Map.of("Impatient", ONE), false, Duration.ofSeconds(5));
    private final RetryRules everythingCounts = new RetryRules(THREE, Map.of(), true, Duration.ofSeconds(5));

    @Test
    void a_failure_of_the_event_counts_and_climbs_the_ladder() {
        assertThat(outagesDoNotCount.failureOf(event("E", 1), SendException.ofEvent(cause)))
                .contains(new Failure(1, true, Duration.ofSeconds(2), "java.lang.IllegalArgumentException: no"));
    }

    @Test
    void the_last_failure_leads_to_quarantine() {
        assertThat(retryIn(outagesDoNotCount.failureOf(event("E", 2), cause))).isEmpty();
    }

    @Test
    void a_failure_for_good_leads_to_quarantine_at_once() {
        assertThat(retryIn(outagesDoNotCount.failureOf(event("E", 0), SendException.ofEventForGood(cause))))
                .isEmpty();
    }

    @Test
    void an_event_type_may_have_a_ladder_of_its_own() {
        assertThat(retryIn(outagesDoNotCount.failureOf(event("Impatient", 0), cause)))
                .isEmpty();
        assertThat(retryIn(outagesDoNotCount.failureOf(event("E", 0), cause))).contains(SECOND);
    }

    @Test
    void a_failure_of_the_topic_waits_without_counting() {
        assertThat(outagesDoNotCount.failureOf(event("E", 2), SendException.ofTopic(cause)))
                .contains(new Failure(1, false, Duration.ofSeconds(5), "java.lang.IllegalArgumentException: no"));
    }

    @Test
    void a_failure_of_the_broker_and_no_answer_leave_the_event_as_it_was() {
        assertThat(outagesDoNotCount.failureOf(event("E", 2), SendException.ofBroker(cause)))
                .isEmpty();
        assertThat(outagesDoNotCount.failureOf(event("E", 2), new TimeoutException()))
                .isEmpty();
    }

    @Test
    void the_literal_policy_counts_everything() {
        assertThat(everythingCounts.failureOf(event("E", 0), SendException.ofTopic(cause)))
                .hasValueSatisfying(failure -> assertThat(failure.counts()).isTrue());
        assertThat(retryIn(everythingCounts.failureOf(event("E", 2), SendException.ofBroker(cause))))
                .isEmpty();
        assertThat(retryIn(everythingCounts.failureOf(event("E", 2), new TimeoutException())))
                .isEmpty();
    }

    private static Optional<Duration> retryIn(Optional<Failure> failure) {
        return Optional.ofNullable(failure.orElseThrow().retryIn());
    }

    private static Candidate event(String type, int attempts) {
        return new Candidate(
                new OutboxRecord(
                        1,
                        new UUID(0, 1),
                        "Order",
                        "A",
                        null,
                        type,
                        "t",
                        "c",
                        new byte[0],
                        Map.of(),
                        null,
                        Instant.EPOCH),
                0,
                attempts,
                true,
                false,
                false);
    }
}
