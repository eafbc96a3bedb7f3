package dev.outbox.store;

import dev.outbox.OutboxTransactionException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transaction that {@code publish} joins: it has to be active, writable, and on the outbox's own data source. */
public final class CallerTransaction {
    private final DataSource dataSource;

    public CallerTransaction(DataSource dataSource) {
        this.dataSource = unwrapped(dataSource);
    }

    /**
     * Checks the calling thread's transaction.
     *
     * @throws OutboxTransactionException if an event written now could survive a rollback, or be lost in spite of a commit
     */
    public void require() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new OutboxTransactionException(
                    "publish was called outside a transaction, so the event and your change could not commit together:"
                            + " add @Transactional to the calling method, or call it through a TransactionTemplate.");
        }
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new OutboxTransactionException(
                    "publish was called in a read-only transaction: use @Transactional without readOnly = true on the calling method.");
        }
        if (!onOurDataSource()) {
            throw new OutboxTransactionException(
                    "publish was called in a transaction that is not on the outbox's data source: name its transaction manager,"
                            + " @Transactional(\"…\"), or let the outbox use the data source of this transaction.");
        }
    }

    /** Runs {@code action} once after the current transaction has committed, however often this is called in it. */
    public void afterCommit(Runnable action) {
        for (TransactionSynchronization known : TransactionSynchronizationManager.getSynchronizations()) {
            if (known instanceof AfterCommit registered && registered.action == action) return;
        }
        TransactionSynchronizationManager.registerSynchronization(new AfterCommit(action));
    }

    /**
     * A transaction manager binds its connection to the thread with auto-commit off. A connection that is bound with auto-commit on was
     * only borrowed by a plain statement inside somebody else's transaction; it commits each statement by itself.
     */
    private boolean onOurDataSource() {
        if (!(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder))
            return false;
        try {
            return !holder.getConnection().getAutoCommit();
        } catch (SQLException e) {
            throw new OutboxTransactionException(
                    "publish cannot use the connection of this transaction, because it is broken: SQL state "
                            + e.getSQLState() + ". Let the transaction roll back and try again.");
        }
    }

    private static DataSource unwrapped(DataSource dataSource) {
        // The same unwrapping as DataSourceTransactionManager.setDataSource: transactions are bound to the target.
        DataSource target =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return target == null ? dataSource : target;
    }

    private record AfterCommit(Runnable action) implements TransactionSynchronization {
        @Override
        public void afterCommit() {
            action.run();
        }
    }
}
