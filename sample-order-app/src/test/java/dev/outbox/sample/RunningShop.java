package dev.outbox.sample;

import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.test.KafkaServer;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.transaction.support.TransactionTemplate;

/** The application on a port of its own, with real servers. Its subclasses share one for each database. */
@SpringBootTest(
        classes = OrderApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "sample.guide.enabled=false",
            "sample.admin.email=" + LocalOrderApplication.ADMIN_EMAIL,
            "sample.admin.password=" + LocalOrderApplication.ADMIN_PASSWORD,
            "sample.archive.batch-size=2",
            "sample.archive.cron=0 0 0 29 2 *", // a test does it itself
            "sample.cache.page-ttl=30s", // what is shown anew before has been evicted
            // long enough for a machine that stands still for a moment
            "sample.data-platform.timeout=5s",
            "sample.data-platform.retry-delay=50ms",
            "sample.data-platform.open-for=2s",
            "outbox.metrics.interval=500ms",
            "outbox.retention.table-limit=100GB"
        })
@ContextConfiguration(initializers = ShopServers.class)
@Import(RunningShop.Customers.class)
abstract class RunningShop {
    /** One customer for all tests of an application: hashing passwords takes its time. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Customers {
        private static final AtomicLong SHOPS = new AtomicLong();

        /** Shops on PostgreSQL share a broker and groups of consumers, so one counts what is left of the events of another: of other products than its own. */
        @Bean
        @Profile("!mysql")
        FlywayMigrationStrategy productsWithIdsThatNoOtherShopHas() {
            return flyway -> {
                flyway.migrate();
                JdbcClient.create(flyway.getConfiguration().getDataSource())
                        .sql("ALTER TABLE products ALTER COLUMN id RESTART WITH " + 1_000_000 * SHOPS.incrementAndGet())
                        .update();
            };
        }

        @Bean
        @Lazy
        ShopClient shop(@Value("${local.server.port}") int port) {
            return ShopClient.customer(port, "customer@example.com");
        }
    }

    /** As a customer. */
    @Autowired
    ShopClient shop;

    @Autowired
    KafkaServer kafka;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Value("${spring.datasource.url}")
    private String databaseUrl;

    /** The test itself may look at the outbox. */
    @BeforeEach
    void operate() {
        SecurityContextHolder.getContext()
                .setAuthentication(new TestingAuthenticationToken("a test", null, "OUTBOX_VIEW", "OUTBOX_OPERATE"));
    }

    @AfterEach
    void leave() {
        SecurityContextHolder.clearContext();
    }

    static String newKey() {
        return UUID.randomUUID().toString();
    }

    /** What a client does: after a conflict it sends the request again. */
    static Answer untilSettled(Supplier<Answer> request) {
        Answer answer;
        do {
            answer = request.get();
        } while (answer.status() == 409 && answer.text("code").equals("STOCK_CONFLICT"));
        return answer;
    }

    /** Sends a request and does not wait for its answer. */
    static CompletableFuture<Answer> sent(Supplier<Answer> request) {
        return CompletableFuture.supplyAsync(request, task -> new Thread(task, "customer").start());
    }

    <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    /** The answer to a request, sent once, that has read the stock of a product, and before it changes it somebody else does. */
    Answer overtaken(long product, Supplier<Answer> request) {
        CompletableFuture<Answer> answer = inTransaction(() -> {
            jdbc.sql("UPDATE stocks SET version = version + 1 WHERE product_id = ?")
                    .param(product)
                    .update();
            CompletableFuture<Answer> sent = sent(request);
            awaitStockWantedBy(1);
            return sent;
        });
        return answer.join();
    }

    /** Returns when so many requests wait until they may change a stock. */
    void awaitStockWantedBy(int many) {
        String waiting = databaseUrl.startsWith("jdbc:mysql:")
                ? "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'update stocks %'"
                : "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'update stocks %'";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> jdbc.sql(waiting).query(Integer.class).single() == many);
    }

    /** How many orders there are with a key, whoever's they are. */
    int orders(String key) {
        return jdbc.sql(
                        "SELECT count(*) FROM orders o JOIN order_keys k ON k.order_id = o.id WHERE k.idempotency_key = ?")
                .param(key)
                .query(Integer.class)
                .single();
    }

    /** How many events of an order there are in the outbox. */
    int events(String orderId) {
        return jdbc.sql("SELECT count(*) FROM outbox_events WHERE aggregate_type = 'Order' AND aggregate_id = ?")
                .param(orderId)
                .query(Integer.class)
                .single();
    }

    /** How many events of a type there are in the outbox of a product. */
    int events(long product, String type) {
        return jdbc.sql(
                        "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'Product' AND aggregate_id = ? AND event_type = ?")
                .param(Long.toString(product))
                .param(type)
                .query(Integer.class)
                .single();
    }

    /** Without those of views, which come by the clock. */
    int allEvents() {
        return jdbc.sql("SELECT count(*) FROM outbox_events WHERE aggregate_type <> 'ProductViews'")
                .query(Integer.class)
                .single();
    }
}
