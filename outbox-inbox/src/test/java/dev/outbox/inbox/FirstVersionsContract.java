package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Two events at once of an aggregate of which nothing was applied: there is no row yet that the second one could wait for. */
abstract class FirstVersionsContract extends InboxContract {
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch firstHasLooked = new CountDownLatch(1);
    private final CountDownLatch secondHasLooked = new CountDownLatch(1);
    private final CountDownLatch firstHasWritten = new CountDownLatch(1);

    abstract DataSource schema();

    @Override
    DataSource emptySchema() {
        return new Meeting(schema());
    }

    @ParameterizedTest(name = "the newer one first: {0}, in batches: {1}")
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void the_older_one_is_never_applied_over_the_newer_one(boolean newerFirst, boolean inBatches) throws Exception {
        tables.jdbc().sql("CREATE TABLE projection (version bigint)").update();
        tables.jdbc().sql("INSERT INTO projection VALUES (0)").update();
        InboxMessage older = version("A", 2);
        InboxMessage newer = version("A", 3);
        InboxMessage first = newerFirst ? newer : older;
        InboxMessage second = newerFirst ? older : newer;
        Future<InboxOutcome> one = consumers.submit(() -> project(first, inBatches));
        firstHasLooked.await();
        Future<InboxOutcome> other = consumers.submit(() -> project(second, inBatches));
        await().atMost(Duration.ofSeconds(30)).until(() -> one.isDone() && other.isDone());

        InboxOutcome ofFirst = outcome(one, first, inBatches);
        InboxOutcome ofSecond = outcome(other, second, inBatches);
        assertThat(projected()).isEqualTo(3);
        assertThat(newerFirst ? ofFirst : ofSecond).as("the newer one").isEqualTo(InboxOutcome.HANDLED);
        assertThat(newerFirst ? ofSecond : ofFirst).as("the older one").isIn(InboxOutcome.HANDLED, InboxOutcome.STALE);
        assertThat(project(version("A", 2), inBatches)).as("a later one").isEqualTo(InboxOutcome.STALE);
    }

    private InboxOutcome project(InboxMessage message, boolean inBatches) {
        if (!inBatches) return inbox.handle(LATEST, message, 1, this::apply);
        return inbox.handleAll(LATEST, List.of(message), messages -> messages.forEach(this::apply))
                .get(0);
    }

    private void apply(InboxMessage message) {
        firstHasWritten.countDown();
        tables.jdbc()
                .sql("UPDATE projection SET version = :version")
                .param("version", message.aggregateVersion())
                .update();
    }

    /** Tried again, as a listener does, when the database has refused it in favour of the other one. */
    private InboxOutcome outcome(Future<InboxOutcome> tried, InboxMessage message, boolean inBatches)
            throws InterruptedException {
        try {
            return tried.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(DataAccessException.class);
            return project(message, inBatches);
        }
    }

    private long projected() {
        return tables.jdbc()
                .sql("SELECT version FROM projection")
                .query(Long.class)
                .single();
    }

    /** Called between the look for a version and the writing of the first one. */
    private void looked() throws InterruptedException {
        switch (looks.getAndIncrement()) {
            case 0 -> {
                firstHasLooked.countDown();
                secondHasLooked.await();
            }
            case 1 -> {
                secondHasLooked.countDown();
                // MySQL and MariaDB let neither write before the other has ended: there both have to try at once
                firstHasWritten.await(200, TimeUnit.MILLISECONDS);
            }
            default -> {}
        }
    }

    /** Lets two transactions look before either writes. */
    private final class Meeting extends DelegatingDataSource {
        Meeting(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")
                                && arguments[0].toString().startsWith("INSERT INTO inbox_versions")) looked();
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
