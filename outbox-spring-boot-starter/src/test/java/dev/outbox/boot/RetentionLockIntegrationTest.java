package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Of two instances one runs. Each has connections of its own. */
@Timeout(60)
class RetentionLockIntegrationTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    static Stream<Arguments> databases() {
        String h2 = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        return Stream.concat(
                Stream.of(TestDatabase.values()).map(database -> {
                    DatabaseSchema schema = database.createSchema("lock");
                    return Arguments.of(database.name(), schema.jdbcUrl(), schema.username(), schema.password());
                }),
                Stream.of(Arguments.of("H2", h2, "sa", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void one_instance_runs_at_a_time_and_once_an_interval(
            String database, String url, String username, String password) {
        OutboxTables one = tables(url, username, password);
        OutboxTables other = tables(url, username, password);
        Schema.outbox(one).install();
        List<String> runs = new CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Void> first =
                CompletableFuture.runAsync(() -> lock(one).run(() -> {
                    runs.add("first");
                    begun.countDown();
                    awaitEnd(end);
                }));
        awaitEnd(begun);
        lock(other).run(() -> runs.add("while the first one runs"));
        end.countDown();
        first.join();
        lock(other).run(() -> runs.add("within the interval"));
        assertThat(runs).containsExactly("first");

        one.jdbc()
                .sql("UPDATE outbox_shedlock SET lock_until = '1970-01-02 00:00:00' WHERE name = 'retention'")
                .update();
        lock(other).run(() -> runs.add("after the interval"));
        assertThat(runs).containsExactly("first", "after the interval");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void the_inbox_has_a_lock_of_its_own(String database, String url, String username, String password) {
        OutboxTables outbox = tables(url, username, password);
        OutboxTables inbox = new OutboxTables(outbox.dataSource(), null, "in_");
        Schema.outbox(outbox).install();
        InboxStore.schema(inbox).install();
        List<String> runs = new CopyOnWriteArrayList<>();
        lock(outbox).run(() -> runs.add("of the outbox"));
        lock(inbox).run(() -> runs.add("of the inbox"));
        lock(inbox).run(() -> runs.add("within the interval"));
        assertThat(runs).containsExactly("of the outbox", "of the inbox");
    }

    private static RetentionLock lock(OutboxTables tables) {
        return new RetentionLock(tables, MINUTE, MINUTE);
    }

    /** With a prefix of its own, so that the name of the table matters. */
    private static OutboxTables tables(String url, String username, String password) {
        return new OutboxTables(new DriverManagerDataSource(url, username, password), null, "app_");
    }

    private static void awaitEnd(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
