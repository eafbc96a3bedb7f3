package dev.outbox.test;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections to a schema on a shared server that are kept for whoever asks next: opening one takes longer than most
 * statements of a test. Nobody has to close this, as of all schemas together only the {@value #MOST} connections used last
 * are kept. What a session was told stays with it, as in a pool. Thread-safe.
 */
public final class KeptConnections extends AbstractDataSource {

    private static final int MOST = 24;

    /** The one used last is the last one. */
    private static final Deque<Kept> IDLE = new ArrayDeque<>();

    private final DatabaseSchema schema;

    private record Kept(KeptConnections owner, Connection connection) {}

    /** Opens connections when they are asked for. */
    public KeptConnections(DatabaseSchema schema) {
        this.schema = schema;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection idle = takeIdle();
        return lent(idle == null ? schema.connect() : idle);
    }

    @Override
    public Connection getConnection(String username, String password) {
        throw new UnsupportedOperationException("All connections are those of " + schema.username());
    }

    private @Nullable Connection takeIdle() {
        synchronized (IDLE) {
            for (Iterator<Kept> kept = IDLE.descendingIterator(); kept.hasNext(); ) {
                Kept candidate = kept.next();
                if (candidate.owner() == this) {
                    kept.remove();
                    return candidate.connection();
                }
            }
            return null;
        }
    }

    private Connection lent(Connection connection) {
        AtomicBoolean returned = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                KeptConnections.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "close" -> {
                        if (!returned.getAndSet(true)) takeBack(connection);
                        yield null;
                    }
                    case "isClosed" -> returned.get() || connection.isClosed();
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> {
                        if (returned.get()) throw new SQLException("The connection is closed");
                        yield call(connection, method, arguments);
                    }
                });
    }

    private static @Nullable Object call(Connection connection, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private void takeBack(Connection connection) throws SQLException {
        if (!isUsable(connection)) {
            connection.close();
            return;
        }
        Kept tooMany;
        synchronized (IDLE) {
            IDLE.addLast(new Kept(this, connection));
            tooMany = IDLE.size() > MOST ? IDLE.removeFirst() : null;
        }
        if (tooMany != null) tooMany.connection().close();
    }

    /** As it was opened, or not at all any more. */
    private static boolean isUsable(Connection connection) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
