package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.Handling;
import dev.outbox.inbox.store.InboxStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Versions, replays and work without a transaction, on every database. */
abstract class InboxRulesContract extends InboxContract {
    private static final Duration CLAIM = Duration.ofMinutes(5);

    @Test
    void an_older_version_after_a_newer_one_is_left_out_and_recorded_so() {
        assertThat(handle(LATEST, version("A", 7))).isEqualTo(InboxOutcome.HANDLED);
        InboxMessage older = version("A", 6);
        assertThat(handle(LATEST, older)).isEqualTo(InboxOutcome.STALE);
        assertThat(status(LATEST, older)).extracting(Handling::status).containsExactly(InboxStatus.STALE);
        assertThat(handle(LATEST, older)).as("again").isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(handle(LATEST, version("A", 7))).as("an equal one").isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(LATEST, version("A", 9))).isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(LATEST, version("A", 8))).isEqualTo(InboxOutcome.STALE);
        assertThat(handle(LATEST, version("a", 1))).as("another aggregate").isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(InboxConsumer.latestOnly("other"), version("A", 1)))
                .as("another consumer")
                .isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(CONSUMER, version("A", 1))).as("one that takes all").isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void versions_are_compared_within_a_batch_too() {
        handle(LATEST, version("A", 2));
        assertThat(handleAll(
                        LATEST, version("A", 1), version("A", 3), version("B", 5), version("A", 5), version("A", 4)))
                .containsExactly(
                        InboxOutcome.STALE,
                        InboxOutcome.HANDLED,
                        InboxOutcome.HANDLED,
                        InboxOutcome.HANDLED,
                        InboxOutcome.STALE);
        assertThat(handled).extracting(InboxMessage::aggregateVersion).containsExactly(2L, 3L, 5L, 5L);
        assertThat(handleAll(LATEST, version("B", 4), version("A", 5)))
                .containsExactly(InboxOutcome.STALE, InboxOutcome.HANDLED);
    }

    @Test
    void a_batch_records_what_became_of_each() {
        InboxMessage newer = version("A", 2);
        InboxMessage older = version("A", 1);
        InboxMessage again = replayed(version("B", 1), "reprocess", "projection");
        handleAll(LATEST, newer, older, again);
        assertThat(status(LATEST, newer)).extracting(Handling::status).containsExactly(InboxStatus.HANDLED);
        assertThat(status(LATEST, older)).extracting(Handling::status).containsExactly(InboxStatus.STALE);
        assertThat(status(LATEST, again)).extracting(Handling::replayId).containsExactly("R1");
    }

    @Test
    void versions_of_two_types_with_one_id_are_apart() {
        assertThat(handleAll(LATEST, version("A", 5), invoice(version("A", 1)))).containsOnly(InboxOutcome.HANDLED);
        assertThat(handleAll(LATEST, version("A", 4), invoice(version("A", 3))))
                .containsExactly(InboxOutcome.STALE, InboxOutcome.HANDLED);
    }

    @Test
    void an_older_version_waits_for_a_newer_one_that_is_being_applied() throws Exception {
        handle(LATEST, version("A", 1));
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<InboxOutcome> newer = consumers.submit(() -> inbox.handle(LATEST, version("A", 3), 1, message -> {
            handling.countDown();
            awaitQuietly(end);
        }));
        handling.await();
        Future<InboxOutcome> older = consumers.submit(() -> handle(LATEST, version("A", 2)));
        await().during(Duration.ofMillis(200)).until(() -> !older.isDone());
        end.countDown();
        assertThat(newer.get()).isEqualTo(InboxOutcome.HANDLED);
        assertThat(older.get()).isEqualTo(InboxOutcome.STALE);
    }

    @Test
    void a_version_that_is_rolled_back_does_not_count() {
        assertThatThrownBy(() -> inbox.handle(LATEST, version("A", 9), 1, message -> {
                    throw new IllegalStateException("the handler's own");
                }))
                .hasMessage("the handler's own");
        assertThat(handle(LATEST, version("A", 1))).isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void the_version_of_an_event_that_was_put_aside_does_not_count() {
        InboxMessage aside = version("A", 9);
        transaction.executeWithoutResult(
                status -> store.putAside(LATEST.name(), new Delivery(aside.eventId(), ""), 4, "why"));
        assertThat(handle(LATEST, aside)).isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(handleAll(LATEST, aside)).containsExactly(InboxOutcome.DUPLICATE);
        assertThat(handle(LATEST, version("A", 8))).isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void an_event_without_a_version_is_refused_by_a_consumer_of_the_latest() {
        InboxMessage event = message();
        assertThatThrownBy(() -> handle(LATEST, event))
                .isInstanceOf(InvalidInboxRecordException.class)
                .hasMessage(
                        event
                                + " has no aggregate version, without which a consumer of the latest only cannot tell whether it is newer. Publish its type with a version, or take latestOnly from the consumer.");
        assertThat(status(LATEST, event)).isEmpty();
    }

    @Test
    void a_read_only_replay_is_neither_handled_nor_recorded() {
        InboxMessage copy = replayed(message(), "read-only", "");
        assertThat(handle(CONSUMER, copy)).isEqualTo(InboxOutcome.NOT_CONCERNED);
        assertThat(handleAll(CONSUMER, copy)).containsExactly(InboxOutcome.NOT_CONCERNED);
        assertThat(handled).isEmpty();
        assertThat(status(CONSUMER, copy)).isEmpty();
    }

    @Test
    void a_replay_to_be_reprocessed_is_handled_once_more_by_those_it_names() {
        InboxMessage event = message();
        InboxMessage again = replayed(event, "reprocess", "other,notification");
        handle(CONSUMER, event);
        assertThat(handle(CONSUMER, again)).isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(CONSUMER, again)).as("a copy").isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(handleAll(CONSUMER, again, event)).containsOnly(InboxOutcome.DUPLICATE);
        assertThat(handle(InboxConsumer.named("third"), again)).isEqualTo(InboxOutcome.NOT_CONCERNED);
        assertThat(status(CONSUMER, event)).extracting(Handling::replayId).containsExactly("", "R1");
    }

    @Test
    void a_replay_to_be_reprocessed_overwrites_no_newer_state() {
        InboxMessage older = version("A", 1);
        InboxMessage newest = version("A", 2);
        handle(LATEST, older);
        handle(LATEST, newest);
        assertThat(handle(LATEST, replayed(older, "reprocess", "projection"))).isEqualTo(InboxOutcome.STALE);
        assertThat(handle(LATEST, replayed(newest, "reprocess", "projection"))).isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void a_normal_replay_is_like_any_copy_unless_it_is_too_old_to_know() {
        InboxMessage event = message();
        handle(CONSUMER, event);
        assertThat(handle(CONSUMER, replayed(event, "normal", ""))).isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(handle(CONSUMER, replayed(message(), "normal", ""))).isEqualTo(InboxOutcome.HANDLED);
        InboxMessage old = at(message(), Instant.now().minus(Duration.ofDays(31)));
        assertThat(handle(CONSUMER, replayed(old, "normal", ""))).isEqualTo(InboxOutcome.FORGOTTEN);
        assertThat(status(CONSUMER, old)).isEmpty();
        assertThat(handle(CONSUMER, replayed(old, "reprocess", "notification"))).isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(CONSUMER, old)).as("late, but no replay").isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void a_replay_that_is_not_understood_is_refused() {
        InboxMessage copy = replayed(message(), "twice", "");
        assertThatThrownBy(() -> handle(CONSUMER, copy))
                .isInstanceOf(InvalidInboxRecordException.class)
                .hasMessageStartingWith("The replay of " + copy + " cannot be understood: ")
                .hasMessageEndingWith(" Replay it again, with a version of the publisher that this consumer knows.");
    }

    @Test
    void work_holds_no_transaction_and_its_result_is_recorded() {
        InboxMessage event = message();
        assertThat(inbox.work(CONSUMER, event, CLAIM, message -> {
                    assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                            .isFalse();
                    assertThat(status(CONSUMER, event))
                            .extracting(Handling::status)
                            .containsExactly(InboxStatus.CLAIMED);
                    return "mail 42";
                }))
                .isEqualTo(InboxOutcome.HANDLED);
        assertThat(inbox.work(CONSUMER, event, CLAIM, message -> "again")).isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(status(CONSUMER, event)).singleElement().satisfies(row -> {
            assertThat(row.status()).isEqualTo(InboxStatus.HANDLED);
            assertThat(row.attempts()).isEqualTo(1);
            assertThat(row.result()).isEqualTo("mail 42");
        });
    }

    @Test
    void work_that_fails_is_recorded_and_may_be_done_again_at_once() {
        InboxMessage event = message();
        assertThatThrownBy(() -> inbox.work(CONSUMER, event, CLAIM, message -> {
                    throw new IllegalStateException("no answer");
                }))
                .hasMessage("no answer");
        assertThat(status(CONSUMER, event)).singleElement().satisfies(row -> {
            assertThat(row.status()).isEqualTo(InboxStatus.FAILED);
            assertThat(row.result()).isEqualTo("java.lang.IllegalStateException: no answer");
        });
        assertThat(inbox.work(CONSUMER, event, CLAIM, message -> null)).isEqualTo(InboxOutcome.HANDLED);
        assertThat(status(CONSUMER, event)).extracting(Handling::attempts).containsExactly(2);
    }

    /** An error ends the work without a record, as the end of the process does. */
    @Test
    void work_that_has_died_is_done_again_when_its_claim_has_run_out() {
        InboxMessage event = message();
        assertThatThrownBy(() -> die(event)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> inbox.work(CONSUMER, event, CLAIM, message -> null))
                .isInstanceOf(InboxClaimedException.class)
                .hasMessage("'notification' has already begun with " + event
                        + ", here or in another process, and its claim has not run out yet.");
        tables.jdbc().sql("UPDATE inbox_events SET claimed_until = handled_at").update();
        assertThat(inbox.work(CONSUMER, event, CLAIM, message -> null)).isEqualTo(InboxOutcome.HANDLED);
        assertThat(status(CONSUMER, event)).extracting(Handling::attempts).containsExactly(2);
    }

    private void die(InboxMessage event) {
        inbox.work(CONSUMER, event, CLAIM, message -> {
            throw new AssertionError("died");
        });
    }

    @Test
    void work_that_took_longer_than_its_claim_does_not_overwrite_who_came_after_it() {
        InboxMessage event = message();
        inbox.work(CONSUMER, event, Duration.ofMillis(1), late -> {
            await().ignoreExceptionsInstanceOf(InboxClaimedException.class)
                    .until(() -> inbox.work(CONSUMER, event, CLAIM, message -> "second") == InboxOutcome.HANDLED);
            return "first";
        });
        assertThat(status(CONSUMER, event)).extracting(Handling::result).containsExactly("second");
    }

    @Test
    void work_in_a_transaction_is_refused() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(
                        status -> inbox.work(CONSUMER, message(), CLAIM, message -> null)))
                .hasMessage(
                        "'notification' works without a transaction, but is called in one. Call it from where none is active.");
        assertThatThrownBy(() -> inbox.work(LATEST, message(), CLAIM, message -> null))
                .hasMessage(
                        "The inbox consumer 'projection' takes the latest only, which needs a transaction around its work.");
    }

    @Test
    void what_was_handled_long_ago_is_forgotten_but_versions_and_what_was_put_aside_stay() {
        InboxMessage aside = message();
        handle(LATEST, version("A", 7));
        for (int i = 0; i < 4; i++) handle(CONSUMER, message());
        transaction.executeWithoutResult(
                status -> store.putAside(CONSUMER.name(), new Delivery(aside.eventId(), ""), 4, "x".repeat(3_000)));
        assertThat(store.forget(Duration.ofMinutes(1), 100)).isZero();
        assertThat(store.forget(Duration.ZERO, 3)).isEqualTo(3);
        assertThat(store.forget(Duration.ZERO, 3)).isEqualTo(2);
        assertThat(store.forget(Duration.ZERO, 3)).isZero();
        assertThat(status(CONSUMER, aside)).singleElement().satisfies(row -> {
            assertThat(row.status()).isEqualTo(InboxStatus.DEAD_LETTER);
            assertThat(row.attempts()).isEqualTo(4);
            assertThat(row.result()).hasSize(2_000);
        });
        assertThat(handle(LATEST, version("A", 6))).isEqualTo(InboxOutcome.STALE);
    }

    @Test
    void what_was_put_aside_is_not_handled_until_it_is_taken_up() {
        InboxMessage event = message();
        Delivery delivery = new Delivery(event.eventId(), "");
        assertThat(putAside(delivery)).isTrue();
        assertThat(handle(CONSUMER, event)).isEqualTo(InboxOutcome.DUPLICATE);
        transaction.executeWithoutResult(status -> store.takeUp(CONSUMER.name(), delivery));
        assertThat(handle(CONSUMER, event)).isEqualTo(InboxOutcome.HANDLED);
        assertThat(putAside(delivery)).as("one that is handled").isFalse();
    }

    @Test
    void an_event_of_a_held_key_is_neither_handled_nor_recorded_until_the_key_is_let_go() {
        InboxMessage before = version("A", 1);
        InboxMessage later = version("A", 2);
        InboxMessage work = version("A", 3);
        handle(HOLDING, before);
        hold(HOLDING, later.key());
        assertThat(handle(HOLDING, later)).isEqualTo(InboxOutcome.HELD);
        assertThat(inbox.work(HOLDING, work, CLAIM, message -> "done")).isEqualTo(InboxOutcome.HELD);
        assertThat(handle(HOLDING, before)).as("a copy of one before").isEqualTo(InboxOutcome.DUPLICATE);
        assertThat(status(HOLDING, later)).isEmpty();
        assertThat(status(HOLDING, work)).isEmpty();
        assertThat(handled).containsExactly(before);
        letGo(HOLDING, later.key());
        assertThat(handle(HOLDING, later)).isEqualTo(InboxOutcome.HANDLED);
        assertThat(inbox.work(HOLDING, work, CLAIM, message -> "done")).isEqualTo(InboxOutcome.HANDLED);
        assertThat(handled).containsExactly(before, later);
    }

    @Test
    void a_held_key_holds_no_other_key_and_no_other_consumer() {
        InboxMessage event = version("A", 1);
        hold(HOLDING, event.key());
        assertThat(handle(HOLDING, version("a", 1))).as("another aggregate").isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(HOLDING, invoice(version("A", 1)))).as("another type").isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(new InboxConsumer("other", false, true), event))
                .as("another consumer")
                .isEqualTo(InboxOutcome.HANDLED);
        assertThat(handle(InboxConsumer.named(HOLDING.name()), event))
                .as("one that does not hold keys any longer")
                .isEqualTo(InboxOutcome.HANDLED);
    }

    @Test
    void the_version_of_a_held_event_does_not_count() {
        InboxConsumer holding = new InboxConsumer("projection", true, true);
        InboxMessage held = version("A", 9);
        hold(holding, held.key());
        assertThat(handle(holding, held)).isEqualTo(InboxOutcome.HELD);
        assertThat(handleAll(holding, held, version("B", 2), version("B", 1)))
                .containsExactly(InboxOutcome.HELD, InboxOutcome.HANDLED, InboxOutcome.STALE);
        letGo(holding, held.key());
        assertThat(handleAll(holding, version("A", 8), held)).containsOnly(InboxOutcome.HANDLED);
    }

    private boolean putAside(Delivery delivery) {
        return Boolean.TRUE.equals(transaction.execute(status -> store.putAside(CONSUMER.name(), delivery, 4, "why")));
    }
}
