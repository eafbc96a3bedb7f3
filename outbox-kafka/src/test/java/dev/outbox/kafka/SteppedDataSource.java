package dev.outbox.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Tells at which step a relay is, by the statements that it sends; the relay goes on when that call returns. */
final class SteppedDataSource extends DelegatingDataSource {
    private static final String CLAIM = "SET token = token + 1";
    private static final String DEAD_LETTER = "INSERT INTO outbox_events";
    private static final String MARK = "SET status = 'PUBLISHED'";

    private final Consumer<Step> at;

    SteppedDataSource(DataSource target, Consumer<Step> at) {
        super(target);
        this.at = at;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        List<String> statements = new ArrayList<>();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        String sql = (String) arguments[0];
                        if (sql.contains(MARK)) at.accept(Step.ACKNOWLEDGED);
                        statements.add(sql);
                    }
                    boolean commits = method.getName().equals("commit");
                    if (commits && has(MARK, statements)) at.accept(Step.MARKING);
                    if (commits && has(DEAD_LETTER, statements)) at.accept(Step.QUARANTINING);
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (commits && has(CLAIM, statements)) at.accept(Step.CLAIMED);
                        if (commits && has(MARK, statements)) at.accept(Step.MARKED);
                        if (commits && has(DEAD_LETTER, statements)) at.accept(Step.QUARANTINED);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** A connection that was taken is good for one transaction. */
    private static boolean has(String text, List<String> statements) {
        return statements.stream().anyMatch(sql -> sql.contains(text));
    }
}
