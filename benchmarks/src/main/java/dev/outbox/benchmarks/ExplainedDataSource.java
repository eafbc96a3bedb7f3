package dev.outbox.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** One connection on which the server explains every statement as it runs ({@code auto_explain}), in a notice that the driver keeps as a warning. */
final class ExplainedDataSource extends DelegatingDataSource implements AutoCloseable {
    private final SingleConnectionDataSource connection;
    private final List<String> plans = new ArrayList<>();

    private ExplainedDataSource(SingleConnectionDataSource connection) {
        super(connection);
        this.connection = connection;
        new JdbcTemplate(connection).execute("""
                LOAD 'auto_explain';
                SET plan_cache_mode = force_generic_plan;
                SET auto_explain.log_level = notice;
                SET auto_explain.log_analyze = on;
                SET auto_explain.log_buffers = on;
                SET auto_explain.log_timing = off;
                SET auto_explain.log_min_duration = 0
                """);
    }

    static ExplainedDataSource beside(HikariDataSource pool) {
        return new ExplainedDataSource(
                new SingleConnectionDataSource(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword(), true));
    }

    /** The plans of the statements since it was asked last, in their order, without estimates and texts. */
    List<String> takePlans() throws SQLException {
        try (Connection last =
                connection.getConnection()) { // a SELECT that was the last of its transaction ends with it
            keep(last.getWarnings());
            last.clearWarnings();
        }
        List<String> taken = List.copyOf(plans);
        plans.clear();
        return taken;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return (Connection) hearing(Connection.class, super.getConnection());
    }

    private Object hearing(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (target instanceof Statement statement && method.getName().equals("close"))
                keep(statement.getWarnings());
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof Statement ? hearing(method.getReturnType(), result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private void keep(SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            String message = String.valueOf(warning.getMessage());
            if (message.contains("plan:\nQuery Text:")) plans.add(plan(message));
        }
    }

    /** The text of the query comes first and ends where the first line with a cost begins. Of many parameters the first and the last are kept. */
    private static String plan(String message) {
        List<String> lines = message.lines().toList();
        int root = 0;
        while (!lines.get(root).contains("(cost=")) root++;
        return String.join("\n", lines.subList(root, lines.size()))
                .replaceAll(" +\\(cost=[^)]*\\)", "")
                .replaceAll("(\\$\\d+), \\$\\d+(?:, \\$\\d+)+, (\\$\\d+)", "$1, …, $2");
    }

    @Override
    public void close() {
        connection.destroy();
    }
}
