package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the inbox does on every database. */
@Timeout(60)
abstract class InboxProcessorContract {
    private static final String CONSUMER = "notification";

    private final UUID event = UUID.randomUUID();
    private final ExecutorService consumers = Executors.newCachedThreadPool();
    private TransactionTemplate transaction;
    private InboxProcessor inbox;
    JdbcClient jdbc;

    abstract DataSource emptySchema();

    /** What makes a connection wait for others no longer than a second. */
    abstract String impatience();

    /** How many transactions are waiting for another one now. */
    abstract int waiting();

    @BeforeEach
    void createTables() {
        DataSource dataSource = emptySchema();
        OutboxTables tables = new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
        InboxStore.schema(tables).install();
        InboxStore.schema(tables).verify();
        jdbc = JdbcClient.create(dataSource);
        jdbc.sql("CREATE TABLE notifications (event_id varchar(36))").update();
        transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        inbox = new InboxProcessor(tables, transaction);
    }

    @AfterEach
    void stopConsumers() {
        consumers.shutdownNow();
    }

    @Test
    void an_event_is_handled_once() {
        assertThat(handle(CONSUMER)).isTrue();
        assertThat(handle(CONSUMER)).isFalse();
        assertThat(notifications()).isEqualTo(1);
    }

    @Test
    void consumers_of_different_names_both_handle_it() {
        assertThat(handle("notification")).isTrue();
        assertThat(handle("Notification")).isTrue();
        assertThat(handle("notification ")).isTrue();
        assertThat(notifications()).isEqualTo(3);
    }

    @Test
    void a_failing_handler_leaves_neither_its_change_nor_a_record() {
        assertThatThrownBy(() -> inbox.handle(CONSUMER, InboxMessageTest.record(event), message -> {
                    insert(message);
                    throw new IllegalStateException("the handler's own");
                }))
                .hasMessage("the handler's own");
        assertThat(notifications()).isZero();
        assertThat(handle(CONSUMER)).as("the next delivery").isTrue();
    }

    @Test
    void a_duplicate_leaves_the_transaction_usable() {
        assertThat(handle(CONSUMER)).isTrue();
        transaction.executeWithoutResult(status -> {
            assertThat(handle(CONSUMER)).isFalse();
            jdbc.sql("INSERT INTO notifications VALUES ('other work')").update();
        });
        assertThat(notifications()).isEqualTo(2);
    }

    @Test
    void copies_that_arrive_at_once_are_handled_once() throws Exception {
        CountDownLatch together = new CountDownLatch(8);
        List<Future<Boolean>> handled = IntStream.range(0, 8)
                .mapToObj(i -> consumers.submit(() -> {
                    together.countDown();
                    together.await();
                    return handle(CONSUMER);
                }))
                .toList();
        int times = 0;
        for (Future<Boolean> one : handled) if (one.get()) times++;
        assertThat(times).isEqualTo(1);
        assertThat(notifications()).isEqualTo(1);
    }

    @Test
    void a_copy_waits_and_is_a_duplicate_when_the_first_one_commits() throws Exception {
        First first = new First();
        Future<Boolean> copy = copy();
        await().until(() -> waiting() == 1);
        first.commit();
        assertThat(copy.get()).isFalse();
        assertThat(notifications()).isEqualTo(1);
    }

    @Test
    void a_copy_waits_and_is_handled_when_the_first_one_rolls_back() throws Exception {
        First first = new First();
        Future<Boolean> copy = copy();
        await().until(() -> waiting() == 1);
        first.rollBack();
        assertThat(copy.get()).isTrue();
        assertThat(notifications()).isEqualTo(1);
    }

    /** MySQL, for one, lets both waiting ones get into a deadlock, and ends one of them. */
    @Test
    void of_two_waiting_copies_one_is_handled_when_the_first_one_rolls_back_and_the_other_can_be_tried_again()
            throws Exception {
        First first = new First();
        List<Future<Boolean>> copies = List.of(copy(), copy());
        await().until(() -> waiting() == 2);
        first.rollBack();
        List<Boolean> outcomes = new ArrayList<>();
        for (Future<Boolean> copy : copies) outcomes.add(outcome(copy));
        assertThat(outcomes).containsExactlyInAnyOrder(true, false);
        assertThat(notifications()).isEqualTo(1);
    }

    @Test
    void a_wait_that_takes_too_long_can_be_tried_again() throws Exception {
        First first = new First();
        assertThatThrownBy(() -> transaction.execute(status -> {
                    jdbc.sql(impatience()).update();
                    return handle(CONSUMER);
                }))
                .isInstanceOf(ConcurrencyFailureException.class);
        first.commit();
        assertThat(handle(CONSUMER)).isFalse();
        assertThat(notifications()).isEqualTo(1);
    }

    /** Tried again, as a consumer does, when the database has ended the transaction in favour of another one. */
    private boolean outcome(Future<Boolean> copy) throws InterruptedException {
        try {
            return copy.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(ConcurrencyFailureException.class);
            return handle(CONSUMER);
        }
    }

    private Future<Boolean> copy() {
        return consumers.submit(() -> handle(CONSUMER));
    }

    /** A consumer that is handling the event, until it is told how to end. */
    private final class First {
        private final CountDownLatch end = new CountDownLatch(1);
        private final Future<Boolean> outcome;
        private volatile boolean failing;

        First() throws InterruptedException {
            CountDownLatch handling = new CountDownLatch(1);
            outcome = consumers.submit(() -> inbox.handle(CONSUMER, InboxMessageTest.record(event), message -> {
                insert(message);
                handling.countDown();
                awaitEnd();
            }));
            handling.await();
        }

        private void awaitEnd() {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (failing) throw new IllegalStateException("the handler's own");
        }

        void commit() throws Exception {
            end.countDown();
            assertThat(outcome.get()).isTrue();
        }

        void rollBack() {
            failing = true;
            end.countDown();
            assertThatThrownBy(outcome::get).hasRootCauseMessage("the handler's own");
        }
    }

    private boolean handle(String consumer) {
        return inbox.handle(consumer, InboxMessageTest.record(event), this::insert);
    }

    private void insert(InboxMessage message) {
        jdbc.sql("INSERT INTO notifications VALUES (:id)")
                .param("id", message.eventId().toString())
                .update();
    }

    private int notifications() {
        return jdbc.sql("SELECT count(*) FROM notifications")
                .query(Integer.class)
                .single();
    }
}
