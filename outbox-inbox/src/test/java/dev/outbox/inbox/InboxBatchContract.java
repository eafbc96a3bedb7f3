package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** Batches, on every database. */
abstract class InboxBatchContract extends InboxContract {
    /** See {@code ManyEvents}, which does not expect duplicates until some have come, nor when none have come for a while. */
    private static final int UNTIL_NONE_ARE_EXPECTED = 101;

    @Test
    void a_batch_is_handled_once_in_its_order_without_the_duplicates() {
        InboxMessage before = message();
        handle(CONSUMER, before);
        InboxMessage first = message();
        InboxMessage second = message();
        assertThat(handleAll(CONSUMER, second, before, first, second))
                .containsExactly(
                        InboxOutcome.HANDLED, InboxOutcome.DUPLICATE, InboxOutcome.HANDLED, InboxOutcome.DUPLICATE);
        assertThat(handled).containsExactly(before, second, first);
        assertThat(handleAll(CONSUMER, first, second)).containsOnly(InboxOutcome.DUPLICATE);
        assertThat(handled).hasSize(3);
    }

    @Test
    void a_batch_that_fails_leaves_nothing() {
        InboxMessage event = message();
        assertThatThrownBy(() -> inbox.handleAll(CONSUMER, List.of(event, message()), all -> {
                    throw new IllegalStateException("the handler's own");
                }))
                .hasMessage("the handler's own");
        assertThat(status(CONSUMER, event)).isEmpty();
        assertThat(handleAll(CONSUMER, event)).containsExactly(InboxOutcome.HANDLED);
    }

    @Test
    void a_batch_may_be_larger_than_a_statement() {
        InboxMessage[] many = IntStream.range(0, 1_050).mapToObj(i -> message()).toArray(InboxMessage[]::new);
        assertThat(handleAll(CONSUMER, many)).hasSize(many.length).containsOnly(InboxOutcome.HANDLED);
        assertThat(handled).containsExactly(many);
        assertThat(handleAll(CONSUMER, many)).hasSize(many.length).containsOnly(InboxOutcome.DUPLICATE);
    }

    @Test
    void of_a_batch_and_a_copy_that_is_handled_meanwhile_one_takes_effect() throws Exception {
        InboxMessage event = message();
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<InboxOutcome> first = consumers.submit(() -> inbox.handle(CONSUMER, event, 1, message -> {
            handling.countDown();
            awaitQuietly(end);
        }));
        handling.await();
        List<InboxMessage> batch = List.of(message(), event);
        List<InboxMessage> taken = new ArrayList<>();
        Future<List<InboxOutcome>> second = consumers.submit(() -> inbox.handleAll(CONSUMER, batch, taken::addAll));
        end.countDown();
        assertThat(first.get()).isEqualTo(InboxOutcome.HANDLED);
        try {
            assertThat(second.get()).containsExactly(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(DataAccessException.class);
            assertThat(inbox.handleAll(CONSUMER, batch, taken::addAll))
                    .containsExactly(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE);
        }
        assertThat(taken).containsExactly(batch.get(0));
    }

    @Test
    void duplicates_are_found_whether_they_are_expected_or_not() {
        InboxMessage[] known = {message(), message(), message()};
        handleAll(CONSUMER, known);
        for (int round = 0; round < 2; round++) {
            InboxMessage added = message();
            assertThat(handleAll(CONSUMER, known[2], added, known[0]))
                    .containsExactly(InboxOutcome.DUPLICATE, InboxOutcome.HANDLED, InboxOutcome.DUPLICATE);
            for (int i = 0; i < UNTIL_NONE_ARE_EXPECTED; i++)
                assertThat(handleAll(CONSUMER, message())).containsExactly(InboxOutcome.HANDLED);
            assertThat(handleAll(CONSUMER, added, known[1])).containsOnly(InboxOutcome.DUPLICATE);
        }
        assertThat(handled).doesNotHaveDuplicates();
    }

    @Test
    void a_batch_with_duplicates_leaves_alone_what_its_transaction_has_done_before() {
        InboxMessage duplicate = message();
        handle(CONSUMER, duplicate);
        InboxMessage before = version("A", 1);
        InboxMessage added = message();
        transaction.executeWithoutResult(status -> {
            handle(LATEST, before);
            assertThat(handleAll(CONSUMER, added, duplicate))
                    .containsExactly(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE);
        });
        assertThat(status(LATEST, before)).hasSize(1);
        assertThat(status(CONSUMER, added)).hasSize(1);
    }

    @Test
    void events_of_a_held_key_are_neither_handled_nor_recorded_while_others_of_the_batch_are() {
        InboxMessage before = version("A", 1);
        InboxMessage held = version("A", 2);
        InboxMessage other = version("B", 1);
        InboxMessage heldAsWell = version("A", 3);
        assertThat(handleAll(HOLDING, before)).containsExactly(InboxOutcome.HANDLED);
        hold(HOLDING, held.key());
        assertThat(handleAll(HOLDING, held, other, before, heldAsWell))
                .containsExactly(InboxOutcome.HELD, InboxOutcome.HANDLED, InboxOutcome.DUPLICATE, InboxOutcome.HELD);
        assertThat(handled).containsExactly(before, other);
        assertThat(status(HOLDING, held)).isEmpty();
        assertThat(status(HOLDING, heldAsWell)).isEmpty();
        assertThat(status(HOLDING, other)).hasSize(1);
        letGo(HOLDING, held.key());
        assertThat(handleAll(HOLDING, held, heldAsWell)).containsOnly(InboxOutcome.HANDLED);
        assertThat(handled).containsExactly(before, other, held, heldAsWell);
    }

    @Test
    void a_batch_of_a_held_key_alone_calls_no_handler() {
        InboxMessage held = message();
        hold(HOLDING, held.key());
        assertThat(inbox.handleAll(HOLDING, List.of(held), all -> {
                    throw new IllegalStateException("called");
                }))
                .containsExactly(InboxOutcome.HELD);
        assertThat(status(HOLDING, held)).isEmpty();
    }

    @Test
    void a_batch_without_events_of_the_held_key_is_handled_once_as_any() {
        hold(HOLDING, version("A", 1).key());
        InboxMessage first = version("B", 1);
        InboxMessage second = version("C", 1);
        assertThat(handleAll(HOLDING, first, second)).containsOnly(InboxOutcome.HANDLED);
        assertThat(handleAll(HOLDING, second, first)).containsOnly(InboxOutcome.DUPLICATE);
        assertThat(handled).containsExactly(first, second);
    }
}
