package dev.outbox.inbox.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class OutageTest {
    static Stream<Throwable> outages() {
        return Stream.of(
                new CannotCreateTransactionException("no connection"),
                new DataAccessResourceFailureException("no connection"),
                new RecoverableDataAccessException("connection lost"),
                new CannotAcquireLockException("deadlock"),
                new QueryTimeoutException("too slow"),
                new SQLTransientConnectionException("the pool is empty"),
                new TransactionSystemException("commit", new SQLException("connection reset", "08006")),
                new RuntimeException(new SQLException("read only", "25006")),
                new RuntimeException(new SQLException("shutting down", "57P01")),
                new RuntimeException(new SQLException("serialization", "40001")));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void says_nothing_about_the_record(Throwable failure) {
        assertThat(Outage.isBehind(failure)).isTrue();
        assertThat(Outage.isBehind(new IllegalStateException("the application's", failure)))
                .isTrue();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("no stock"),
                new DuplicateKeyException("there already"),
                new OptimisticLockingFailureException("somebody else was quicker"),
                new TransactionSystemException("commit", new SQLException("constraint", "23505")),
                new RuntimeException(new SQLException("no state")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void says_something_about_the_record(Throwable failure) {
        assertThat(Outage.isBehind(failure)).isFalse();
    }
}
