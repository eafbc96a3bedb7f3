package dev.outbox.sample.reconcile;

import dev.outbox.sample.ShopClient;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.test.DatabaseOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.PostgresServer;
import dev.outbox.test.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Lets customers order, like and look at products while the processes of the shop are killed and started again and Kafka is stopped once, and then compares everything that was written down anywhere.
 *
 * <p>PostgreSQL and Redis outlive the processes, as servers do; Kafka keeps what it has acknowledged.
 */
final class Reconciliation {
    private static final int PRODUCTS = 20;
    private static final int CUSTOMERS = 8;
    private static final Duration SETTLING = Duration.ofMinutes(4);
    private static final List<String> TOPICS = List.of("orders", "products");

    private final Options options;
    private final Consumer<String> log;

    private Reconciliation(Options options, Consumer<String> log) {
        this.options = options;
        this.log = log;
    }

    /** Run by {@code sample-order-app/reconcile}. Exit status 0 only if there is no difference, 1 if there are some, 2 if it cannot be run. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        LoggingSystem.get(Reconciliation.class.getClassLoader())
                .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
        Result result = run(options, System.out::println);
        System.out.println(result.line());
        System.exit(result.differences().isEmpty() ? 0 : 1);
    }

    /** @param log gets a line for each thing that happens, and for each difference */
    static Result run(Options options, Consumer<String> log)
            throws IOException, InterruptedException, ExecutionException {
        return new Reconciliation(options, log).run();
    }

    private Result run() throws IOException, InterruptedException, ExecutionException {
        try (PostgresServer postgres =
                        PostgresServer.start(DatabaseOptions.temporary().withDurable(true));
                KafkaServer kafka = KafkaServer.start();
                RedisServer redis = RedisServer.start()) {
            PostgresSchema schema = postgres.createSchema("shop");
            JdbcClient jdbc = JdbcClient.create(
                    new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
            int port = freePort();
            List<String> settings = List.of(
                    "--spring.datasource.url=" + schema.jdbcUrl(),
                    "--spring.datasource.username=" + schema.username(),
                    "--spring.datasource.password=" + schema.password(),
                    "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                    "--spring.data.redis.host=" + redis.host(),
                    "--spring.data.redis.port=" + redis.port());
            try (Fleet fleet = new Fleet(port, settings)) {
                for (ProcessRole role : ProcessRole.values()) fleet.start(role);
                for (ProcessRole role : ProcessRole.values()) fleet.awaitReady(role);
                if (!options.dedup()) forgetWhatIsHandled(jdbc);
                return reconcile(fleet, port, kafka, jdbc);
            }
        }
    }

    private Result reconcile(Fleet fleet, int port, KafkaServer kafka, JdbcClient jdbc)
            throws InterruptedException, ExecutionException {
        List<ShopClient> shoppers = IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> ShopClient.customer(port, "customer-" + i + "@example.com"))
                .toList();
        // so that nothing is sold out
        int stock = options.orders();
        List<Long> products = LongStream.range(0, PRODUCTS)
                .mapToObj(i -> shoppers.get(0).product(stock))
                .toList();
        log.accept("%d customers place %d orders; seed %d.".formatted(CUSTOMERS, options.orders(), options.seed()));
        Customers customers = new Customers(options, new Blows(options, fleet, kafka, log), shoppers, products);
        customers.order();

        Result result = settled(kafka, jdbc)
                .reconcile(options, customers.placed(), customers.placedTwice(), stock, fleet.kills());
        result.differences().forEach(difference -> log.accept("DIFFERENCE " + difference));
        if (!result.differences().isEmpty())
            for (ProcessRole role : ProcessRole.values())
                fleet.errors(role).forEach(line -> log.accept(role + " " + line));
        return result;
    }

    /** The books after everything is handled, copies included. */
    private Books settled(KafkaServer kafka, JdbcClient jdbc) {
        try (Topics topics = new Topics(kafka)) {
            awaitSettled(jdbc, topics);
            log.accept("Every tenth event is sent once more.");
            int copies = 0;
            for (String topic : TOPICS) copies += topics.sendCopies(topic);
            awaitSettled(jdbc, topics);
            return new Books(jdbc, topics, copies);
        }
    }

    /** Until everything is sent and handled, or it takes too long, which the books will show. */
    private void awaitSettled(JdbcClient jdbc, Topics topics) {
        log.accept("Waiting until everything is sent and handled.");
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .atMost(SETTLING)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> jdbc.sql(
                                                    "SELECT count(*) FROM outbox_events WHERE status NOT IN ('PUBLISHED', 'QUARANTINED')")
                                            .query(Long.class)
                                            .single()
                                    == 0
                            && topics.lag(TOPICS) == 0);
        } catch (ConditionTimeoutException e) {
            log.accept("It is not after %s.".formatted(SETTLING));
        }
    }

    /** What a service would be without an inbox: nothing remembers what was handled, and nothing else stops the second notification. */
    private static void forgetWhatIsHandled(JdbcClient jdbc) {
        jdbc.sql("""
                        CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                          DELETE FROM inbox_events WHERE consumer = NEW.consumer AND event_id = NEW.event_id;
                          RETURN NULL;
                        END $$""").update();
        jdbc.sql("""
                        CREATE TRIGGER forget AFTER INSERT ON inbox_events FOR EACH ROW
                        WHEN (NEW.status = 'HANDLED') EXECUTE FUNCTION forget()""").update();
        jdbc.sql("ALTER TABLE notifications DROP CONSTRAINT notifications_event_id_key")
                .update();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
