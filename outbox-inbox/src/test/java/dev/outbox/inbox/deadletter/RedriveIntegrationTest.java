package dev.outbox.inbox.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.store.InboxStatus;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What a redrive handles, and in which order. */
class RedriveIntegrationTest extends DeadLettersOnEveryDatabase {
    RedriveIntegrationTest(InboxDatabase database) {
        super(database);
    }

    @Test
    void a_redrive_handles_a_whole_key_in_order_and_holds_it_no_longer() {
        putAside("1", 1, 3, 5);
        putAside("2", 2, 4);
        UUID last = deadLetters.list(ALL, 0, 10).get(3).eventId();
        RedriveResult result = deadLetters.redrive(ALL.events(Set.of(last)), 10, WHY);
        assertThat(result).isEqualTo(new RedriveResult(2, List.of(), ""));
        assertThat(handled()).containsExactly(2L, 4L);
        assertThat(listed()).containsExactly(1L, 3L, 5L);
        assertThat(isHeld("2")).isFalse();
        assertThat(isHeld("1")).isTrue();
        assertThat(diversion.follow(Events.of("2", 6))).isFalse();
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(3);
        assertThat(handled()).containsExactly(2L, 4L, 1L, 3L, 5L);
        assertThat(listed()).isEmpty();
    }

    @Test
    void a_redrive_has_transactions_of_its_own_and_sees_what_is_there_now() {
        transaction.executeWithoutResult(status -> {
            assertThat(handled()).isEmpty();
            putAside("1", 1, 2);
            assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
            status.setRollbackOnly();
        });
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(listed()).isEmpty();
    }

    @Test
    void a_redrive_stops_at_its_limit() {
        putAside("1", 1, 2, 3);
        assertThat(deadLetters.redrive(ALL, 2, WHY).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(isHeld("1")).isTrue();
    }

    @Test
    void one_that_fails_again_stays_with_those_behind_it_and_other_keys_go_on() {
        putAside("1", 1, 3, 4);
        putAside("2", 2);
        failing.add(3L);
        RedriveResult result = deadLetters.redrive(ALL, 10, WHY);
        assertThat(result.handled()).isEqualTo(2);
        assertThat(result.outage()).isEmpty();
        assertThat(result.failed()).singleElement().satisfies(failed -> {
            assertThat(failed.letter().source().offset()).isEqualTo(3);
            assertThat(failed.error()).isEqualTo("java.lang.IllegalStateException: not yet");
        });
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(listed()).containsExactly(3L, 4L);
        DeadLetter stays = deadLetters.list(ALL, 0, 1).get(0);
        assertThat(stays.attempts()).isEqualTo(1);
        assertThat(stays.error()).isEqualTo("java.lang.IllegalStateException: not yet");
        failing.clear();
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void an_outage_ends_a_redrive_and_is_no_failure_of_an_event() {
        putAside("1", 1);
        putAside("2", 2);
        duringHandling = () -> {
            throw new MissingEncryptionKeyException("The key is missing.", "a", null);
        };
        RedriveResult result = deadLetters.redrive(ALL, 10, WHY);
        assertThat(result)
                .isEqualTo(new RedriveResult(
                        0, List.of(), "dev.outbox.MissingEncryptionKeyException: The key is missing."));
        assertThat(deadLetters.list(ALL, 0, 10)).allSatisfy(letter -> {
            assertThat(letter.attempts()).isEqualTo(4);
            assertThat(letter.error()).isEqualTo("java.lang.Exception: why");
        });
    }

    @Test
    void what_the_application_calls_an_outage_ends_a_redrive_and_what_it_does_not_call_one_is_a_failure() {
        putAside("1", 1);
        putAside("2", 2);
        failing.add(1L);
        classifier = failure -> "not yet".equals(failure.getMessage()) ? Meaning.OUTAGE : null;
        assertThat(deadLetters.redrive(ALL, 10, WHY))
                .isEqualTo(new RedriveResult(0, List.of(), "java.lang.IllegalStateException: not yet"));
        assertThat(deadLetters.list(ALL, 0, 10))
                .extracting(DeadLetter::attempts)
                .containsExactly(4, 4);
        classifier = failure -> Meaning.RETRY;
        RedriveResult result = deadLetters.redrive(ALL, 10, WHY);
        assertThat(result.outage()).isEmpty();
        assertThat(result.failed()).hasSize(1);
        assertThat(handled()).containsExactly(2L);
    }

    @Test
    void without_a_hold_each_is_redriven_by_itself() {
        diversion.putAside(Events.of("1", 1), CAUSE, 4, false);
        diversion.putAside(Events.of("1", 2), CAUSE, 4, false);
        diversion.putAside(Events.of("1", 3), CAUSE, 4, false);
        assertThat(isHeld("1")).isFalse();
        failing.add(1L);
        DeadLetter third = deadLetters.list(ALL, 0, 10).get(2);
        assertThat(deadLetters
                        .redrive(ALL.events(Set.of(third.eventId())), 10, WHY)
                        .handled())
                .isEqualTo(1);
        assertThat(handled()).containsExactly(3L);
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(3L, 2L);
        assertThat(listed()).containsExactly(1L);
    }

    @Test
    void a_key_that_becomes_held_meanwhile_is_redriven_in_its_order() {
        for (long offset = 1; offset <= 2; offset++) diversion.putAside(Events.of("1", offset), CAUSE, 4, false);
        DeadLetter second = deadLetters.list(ALL, 0, 10).get(1);
        topic.beforeReading = () -> {
            topic.beforeReading = () -> {};
            diversion.putAside(Events.of("1", 3), CAUSE, 4, true);
        };
        assertThat(deadLetters
                        .redrive(ALL.events(Set.of(second.eventId())), 10, WHY)
                        .handled())
                .as("the first one has to come first now")
                .isZero();
        assertThat(listed()).containsExactly(1L, 2L, 3L);
        assertThat(deadLetters
                        .redrive(ALL.events(Set.of(second.eventId())), 10, WHY)
                        .handled())
                .isEqualTo(3);
        assertThat(handled()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_was_put_aside_is_a_duplicate_until_it_is_redriven() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        diversion.putAside(failed, CAUSE, 4, false);
        transaction.executeWithoutResult(status -> handle(failed));
        assertThat(handled()).isEmpty();
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(1L);
    }

    @Test
    void work_without_a_transaction_that_has_failed_is_redriven() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        transaction.executeWithoutResult(
                status -> inbox.record(CONSUMER, RecordIdentity.of(failed).delivery(), InboxStatus.FAILED, 4));
        diversion.putAside(failed, CAUSE, 4, true);
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(1L);
    }
}
