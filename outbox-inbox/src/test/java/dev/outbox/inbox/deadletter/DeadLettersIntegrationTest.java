package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.AuditEntry;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.RedriveResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What is put aside, how it is found again, and what keys it holds. */
class DeadLettersIntegrationTest extends DeadLettersOnEveryDatabase {
    /** What would be run or expanded if it were not a parameter of a statement. */
    private static final List<String> INJECTIONS = List.of(
            "' OR '1'='1", "x'; DROP TABLE inbox_dead_letters; --", "\\' OR 1=1 #", "%", "order_", ":limit", "?");

    DeadLettersIntegrationTest(InboxDatabase database) {
        super(database);
    }

    @Test
    void a_dead_letter_says_what_where_and_why() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 5);
        ConsumerRecord<String, byte[]> behind = Events.of("1", 6);
        diversion.putAside(failed, CAUSE, 4, true);
        diversion.follow(behind);
        DeadLetter letter = deadLetters.find(CONSUMER, Events.idOf(failed)).orElseThrow();
        assertThat(letter.consumer()).isEqualTo(CONSUMER);
        assertThat(letter.eventId()).isEqualTo(Events.idOf(failed));
        assertThat(letter.key()).isEqualTo(new EventKey("Order", "1"));
        assertThat(letter.eventType()).isEqualTo("OrderPlaced");
        assertThat(letter.source()).isEqualTo(new RecordPosition("orders", 2, 5));
        assertThat(letter.copy()).isEqualTo(new RecordPosition("orders.DLT", 0, 0));
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(letter.error()).isEqualTo("java.lang.Exception: why");
        assertThat(letter.follower()).isFalse();
        assertThat(Duration.between(letter.failedAt(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));

        DeadLetter follower = deadLetters.find(CONSUMER, Events.idOf(behind)).orElseThrow();
        assertThat(follower.follower()).isTrue();
        assertThat(follower.attempts()).isZero();
        assertThat(follower.error())
                .isEqualTo("Waits behind event %s (OrderPlaced of Order 1, orders-2@5) for notification."
                        .formatted(Events.idOf(failed)));
        assertThat(follower.position()).isGreaterThan(letter.position());
        assertThat(deadLetters.find("another", Events.idOf(failed))).isEmpty();
    }

    @Test
    void dead_letters_are_listed_page_by_page_and_by_what_they_are() {
        for (long offset = 0; offset < 5; offset++) putAside("key" + offset, offset);
        UUID other = UUID.randomUUID();
        diversion.putAside(Events.of(other, "Customer", "key1", 5), CAUSE, 1, true);
        new Diversion("another", tables, topic.topic()).putAside(Events.of("key1", 6), CAUSE, 1, true);

        List<DeadLetter> first = deadLetters.list(ALL, 0, 4);
        List<DeadLetter> second = deadLetters.list(ALL, first.get(3).position(), 4);
        assertThat(first).extracting(letter -> letter.source().offset()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(second).extracting(letter -> letter.source().offset()).containsExactly(4L, 5L);
        assertThat(deadLetters.list(ALL.aggregate("Order", "key1"), 0, 10)).hasSize(1);
        assertThat(deadLetters.list(ALL.aggregate("Customer", "key1"), 0, 10))
                .extracting(DeadLetter::eventId)
                .containsExactly(other);
        assertThat(deadLetters.list(ALL.events(Set.of(other, UUID.randomUUID())), 0, 10))
                .hasSize(1);
        assertThat(deadLetters.list(ALL.topic("orders").eventType("OrderPlaced"), 0, 10))
                .hasSize(6);
        assertThat(deadLetters.list(ALL.topic("Orders"), 0, 10)).isEmpty();
        assertThat(deadLetters.list(ALL.eventType("orderplaced"), 0, 10)).isEmpty();
    }

    @Test
    void what_a_filter_says_is_compared_and_never_run_or_expanded() {
        putAside("1", 1, 2);
        UUID id = deadLetters.list(ALL, 0, 1).get(0).eventId();
        for (String attempt : INJECTIONS) {
            List<DeadLetterFilter> filters = List.of(
                    ALL.topic(attempt),
                    ALL.eventType(attempt),
                    ALL.aggregate(attempt, "1"),
                    ALL.aggregate("Order", attempt));
            for (DeadLetterFilter filter : filters) {
                assertNothingIsFound(filter);
                assertThat(deadLetters.redrive(filter, 10, attempt)).isEqualTo(new RedriveResult(0, List.of(), ""));
            }
            assertNothingIsFound(DeadLetterFilter.of(attempt));
            assertThat(deadLetters.find(attempt, id)).isEmpty();
            assertThat(deadLetters.discard(attempt, id, attempt)).isFalse();
        }
        assertThat(listed()).containsExactly(1L, 2L);
        assertThat(isHeld("1")).isTrue();
        assertThat(handled()).isEmpty();
        assertThat(deadLetters.discard(CONSUMER, id, "x'; DROP TABLE inbox_audit; --"))
                .isTrue();
        assertThat(listed()).containsExactly(2L);
        assertThat(deadLetters.audit(Long.MAX_VALUE, 10))
                .extracting(AuditEntry::reason)
                .containsExactly("x'; DROP TABLE inbox_audit; --");
    }

    private void assertNothingIsFound(DeadLetterFilter filter) {
        assertThat(deadLetters.list(filter, 0, 10)).as("%s", filter).isEmpty();
        assertThat(deadLetters.impact(filter).events()).as("%s", filter).isZero();
    }

    @Test
    void keys_that_differ_in_case_or_in_blanks_at_their_end_are_held_apart() {
        putAside("a", 1);
        assertThat(isHeld("a")).isTrue();
        assertThat(isHeld("A")).isFalse();
        assertThat(isHeld("a ")).isFalse();
        putAside("A", 2);
        putAside("a ", 3);
        assertThat(deadLetters.redrive(ALL.aggregate("Order", "a"), 10, WHY).handled())
                .isEqualTo(1);
        assertThat(listed()).containsExactly(2L, 3L);
        assertThat(isHeld("a")).isFalse();
        assertThat(isHeld("A")).isTrue();
    }

    @Test
    void held_keys_are_found_among_many_however_many_are_held() {
        List<ConsumerRecord<String, byte[]>> asked =
                IntStream.range(0, 1200).mapToObj(i -> Events.of("key" + i, i)).toList();
        assertThat(diversion.heldAmong(asked)).isEmpty();
        putAside("key7", 7);
        putAside("key1100", 1100);
        Set<EventKey> held = Set.of(new EventKey("Order", "key7"), new EventKey("Order", "key1100"));
        assertThat(diversion.heldAmong(asked)).isEqualTo(held);
        assertThat(diversion.heldAmong(asked.subList(0, 100))).containsExactly(new EventKey("Order", "key7"));
        List<String> others = IntStream.range(0, 1000)
                .mapToObj(i -> "('%s', 'Order', 'other%d', '2026-11-21 08:00:00')".formatted(CONSUMER, i))
                .toList();
        jdbc.sql("INSERT INTO inbox_held_keys (consumer, aggregate_type, aggregate_id, since) VALUES "
                        + String.join(", ", others))
                .update();
        assertThat(diversion.heldAmong(asked)).isEqualTo(held);
    }

    @Test
    void an_event_that_comes_again_is_entered_once() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        ConsumerRecord<String, byte[]> behind = Events.of("1", 2);
        for (int time = 0; time < 2; time++) {
            diversion.putAside(failed, CAUSE, 4, true);
            assertThat(diversion.follow(failed)).as("a copy of it").isTrue();
            assertThat(diversion.follow(behind)).isTrue();
        }
        assertThat(listed()).containsExactly(1L, 2L);
        assertThat(deadLetters
                        .find(CONSUMER, Events.idOf(failed))
                        .orElseThrow()
                        .copy()
                        .offset())
                .as("the first copy")
                .isZero();
        assertThat(topic.copies()).as("no copy of what is entered already").isEqualTo(3);
    }

    @Test
    void an_event_that_somebody_else_has_handled_meanwhile_is_not_put_aside() {
        ConsumerRecord<String, byte[]> first = Events.of("1", 1);
        transaction.executeWithoutResult(status -> handle(first));
        diversion.putAside(first, CAUSE, 4, true);
        assertThat(listed()).isEmpty();
        assertThat(isHeld("1")).isFalse();
        putAside("1", 2);
        ConsumerRecord<String, byte[]> third = Events.of("1", 3);
        transaction.executeWithoutResult(status -> handle(third));
        assertThat(diversion.follow(third)).isTrue();
        assertThat(listed()).containsExactly(2L);
    }

    @Test
    void a_record_that_is_no_outbox_event_is_listed_and_holds_nothing() {
        ConsumerRecord<String, byte[]> foreign = new ConsumerRecord<>("orders", 2, 9, "1", "x".getBytes(UTF_8));
        diversion.putAside(foreign, CAUSE, 1, true);
        diversion.putAside(foreign, CAUSE, 1, true);
        diversion.putAside(new ConsumerRecord<>("orders", 2, 10, "1", "x".getBytes(UTF_8)), CAUSE, 1, true);
        assertThat(listed()).containsExactly(9L, 10L);
        DeadLetter letter = deadLetters.list(ALL, 0, 1).get(0);
        assertThat(letter.key()).isEqualTo(EventKey.NONE);
        assertThat(letter).hasToString("the record orders-2@9 for notification");
        assertThat(diversion.heldAmong(List.of(foreign, Events.of("1", 11)))).isEmpty();
        assertThat(jdbc.sql("SELECT count(*) FROM inbox_held_keys")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(deadLetters.discard(CONSUMER, letter.eventId(), "not ours")).isTrue();
        assertThat(listed()).containsExactly(10L);
    }

    @Test
    void a_discarded_one_counts_as_handled_and_those_behind_it_wait_for_a_redrive() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        diversion.putAside(failed, CAUSE, 4, true);
        diversion.follow(Events.of("1", 2));
        assertThat(deadLetters.discard(CONSUMER, Events.idOf(failed), "wrong by itself"))
                .isTrue();
        assertThat(deadLetters.discard(CONSUMER, Events.idOf(failed), "wrong by itself"))
                .isFalse();
        assertThat(isHeld("1")).isTrue();
        transaction.executeWithoutResult(status -> handle(failed));
        assertThat(handled()).as("a copy that comes again is a duplicate").isEmpty();
        assertThat(deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(2L);
        assertThat(isHeld("1")).isFalse();
    }

    @Test
    void when_the_last_one_of_a_key_is_discarded_the_key_is_held_no_longer() {
        putAside("1", 1);
        assertThat(deadLetters.discard(
                        CONSUMER, deadLetters.list(ALL, 0, 1).get(0).eventId(), "wrong"))
                .isTrue();
        assertThat(isHeld("1")).isFalse();
    }

    @Test
    void an_event_and_its_reprocessing_by_a_replay_are_two_dead_letters() {
        UUID id = UUID.randomUUID();
        ConsumerRecord<String, byte[]> again = replayed(id, "reprocess");
        diversion.putAside(Events.of(id, "Order", "1", 1), CAUSE, 4, true);
        assertThat(diversion.follow(replayed(id, "normal"))).isTrue();
        assertThat(diversion.follow(again)).isTrue();
        assertThat(deadLetters.list(ALL, 0, 10))
                .extracting(DeadLetter::eventId, DeadLetter::replayId)
                .containsExactly(Tuple.tuple(id, ""), Tuple.tuple(id, "r1"));
        assertThat(deadLetters.redrive(ALL, 1, WHY).handled()).isEqualTo(1);
        assertThat(deadLetters.discard(CONSUMER, id, "once was enough")).isTrue();
        assertThat(deadLetters.audit(Long.MAX_VALUE, 1))
                .extracting(AuditEntry::subject)
                .containsExactly("event %s for notification, replay r1".formatted(id));
        transaction.executeWithoutResult(status -> handle(again));
        assertThat(handled()).containsExactly(1L);
        ConsumerRecord<String, byte[]> unknown = replayed(id, "undo");
        diversion.putAside(unknown, CAUSE, 1, true);
        assertThat(deadLetters.list(ALL, 0, 10))
                .as("what a replay wants that is not understood is not guessed")
                .extracting(DeadLetter::key)
                .containsExactly(EventKey.NONE);
    }

    private static ConsumerRecord<String, byte[]> replayed(UUID id, String mode) {
        ConsumerRecord<String, byte[]> record = Events.of(id, "Order", "1", 2);
        record.headers().add("ce_replayid", "r1".getBytes(UTF_8)).add("ce_replaymode", mode.getBytes(UTF_8));
        return record;
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertThatThrownBy(() -> deadLetters.redrive(DeadLetterFilter.of("another"), 10, WHY))
                .hasMessage(
                        "This application has no listener for the consumer 'another': redrive its dead letters where it has one, or correct the name.");
        assertThatThrownBy(() -> deadLetters.list(ALL, 0, 0))
                .hasMessage("The limit is 0, and has to be from 1 to 1000.");
        assertThatThrownBy(() -> deadLetters.redrive(ALL, 1001, WHY))
                .hasMessage("The limit is 1001, and has to be from 1 to 1000.");
        assertThat(deadLetters.discard(CONSUMER, UUID.randomUUID(), "gone")).isFalse();
    }
}
