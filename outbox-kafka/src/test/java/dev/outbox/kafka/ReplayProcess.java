package dev.outbox.kafka;

import dev.outbox.relay.Replayer;
import dev.outbox.spi.EventSender;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A process that runs replays under the name of the moment of its work at which it halts for good, to be killed there.
 *
 * <p>Arguments: JDBC URL, user, password, Kafka's bootstrap servers, the {@link Moment} and at which of its kind, counted from 1.
 */
final class ReplayProcess {
    static final int CHUNK = 50;

    /** When it halts. */
    enum Moment {
        /** The replay is claimed, and that is committed. */
        CLAIMED,
        /** All that was sent is acknowledged, and the next event is not sent. */
        SENDING,
        /** The checkpoint is written, and not committed. */
        SAVING,
        /** The checkpoint is committed. */
        SAVED
    }

    private final Moment haltAt;
    private int left;

    private ReplayProcess(Moment haltAt, int number) {
        this.haltAt = haltAt;
        this.left = number;
    }

    public static void main(String[] arguments) throws InterruptedException {
        ReplayProcess process = new ReplayProcess(Moment.valueOf(arguments[4]), Integer.parseInt(arguments[5]));
        Outbox outbox =
                new Outbox(process.halting(new DriverManagerDataSource(arguments[0], arguments[1], arguments[2])));
        QuickRelay settings = QuickRelay.SETTINGS.batch(CHUNK);
        KafkaEventSender kafka =
                KafkaEventSender.create(Map.of("bootstrap.servers", arguments[3]), settings.send(), "/test");
        Replayer replayer = outbox.replayer(process.halting(kafka), settings.settings(), arguments[4]);
        replayer.start();
        Thread.currentThread().join();
    }

    private EventSender halting(EventSender target) {
        CompletableFuture<?>[] underWay = {CompletableFuture.completedFuture(null)};
        return event -> {
            if (haltAt == Moment.SENDING && left == 1) underWay[0].join();
            at(Moment.SENDING);
            var sent = target.send(event);
            underWay[0] = CompletableFuture.allOf(underWay[0], sent.toCompletableFuture());
            return sent;
        };
    }

    private DataSource halting(DataSource target) {
        return new DelegatingDataSource(target) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                StringBuilder statements = new StringBuilder();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("prepareStatement")) statements.append(arguments[0]);
                            boolean commits = method.getName().equals("commit");
                            boolean saves = commits && statements.indexOf("SET checkpoint") >= 0;
                            if (saves) at(Moment.SAVING);
                            try {
                                Object result = method.invoke(connection, arguments);
                                if (saves) at(Moment.SAVED);
                                if (commits && statements.indexOf("SET token") >= 0 && hasReplay(target))
                                    at(Moment.CLAIMED);
                                return result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }
        };
    }

    /** Another process may have been quicker. */
    private boolean hasReplay(DataSource database) {
        return JdbcClient.create(database)
                        .sql("SELECT count(*) FROM outbox_replays WHERE owner = :owner")
                        .param("owner", haltAt.name())
                        .query(Long.class)
                        .single()
                > 0;
    }

    private synchronized void at(Moment moment) {
        if (moment != haltAt || --left > 0) return;
        System.out.println("halted at " + moment);
        while (true) LockSupport.park();
    }
}
