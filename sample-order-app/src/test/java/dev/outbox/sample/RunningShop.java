package dev.outbox.sample;

import dev.outbox.spi.AccessControl;
import dev.outbox.test.KafkaServer;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;

/** The application on a port of its own, with real servers. Its subclasses share one for each database. */
@SpringBootTest(
        classes = OrderApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "sample.guide.enabled=false",
            "outbox.metrics.interval=500ms",
            "outbox.retention.table-limit=100GB"
        })
@ContextConfiguration(initializers = ShopServers.class)
@Import(RunningShop.Access.class)
abstract class RunningShop {
    /** Tests look at the outbox without anybody being logged in. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Access {
        @Bean
        AccessControl access() {
            return AccessControl.allowAll("a test");
        }
    }

    ShopClient shop;

    @Autowired
    KafkaServer kafka;

    @Autowired
    JdbcClient jdbc;

    @BeforeEach
    void enter(@Value("${local.server.port}") int port) {
        shop = new ShopClient(port);
    }

    static String newKey() {
        return UUID.randomUUID().toString();
    }

    /** How many orders there are with a key. */
    int orders(String key) {
        return jdbc.sql("SELECT count(*) FROM orders WHERE idempotency_key = ?")
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
