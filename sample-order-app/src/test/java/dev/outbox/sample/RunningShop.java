package dev.outbox.sample;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.test.KafkaServer;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.context.ContextConfiguration;

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
            "outbox.metrics.interval=500ms",
            "outbox.retention.table-limit=100GB"
        })
@ContextConfiguration(initializers = ShopServers.class)
@Import(RunningShop.Customers.class)
abstract class RunningShop {
    /** One customer for all tests of an application: hashing passwords takes its time. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Customers {
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

    int allEvents() {
        return jdbc.sql("SELECT count(*) FROM outbox_events")
                .query(Integer.class)
                .single();
    }
}
