package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.RedisServer;
import dev.outbox.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** The parts of the service as processes of their own: what each of them does, and that none does the work of another. All of them in one is {@link RunningShop}. */
class RolesIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void each_role_alone_does_its_part_and_no_other() {
        DatabaseSchema schema = TestDatabase.POSTGRESQL.createSchema("roles");
        // of its own: consumers of another shop would take its events
        try (KafkaServer kafka = KafkaServer.start();
                RedisServer redis = RedisServer.start()) {
            Map<String, Object> servers = Map.of(
                    "spring.datasource.url", schema.jdbcUrl(),
                    "spring.datasource.username", schema.username(),
                    "spring.datasource.password", schema.password(),
                    "spring.kafka.bootstrap-servers", kafka.bootstrapServers(),
                    "spring.data.redis.host", redis.host(),
                    "spring.data.redis.port", redis.port());
            try (ConfigurableApplicationContext api = start("api", servers)) {
                ShopClient shop = ShopClient.customer(port(api), "customer@example.com");
                long product = shop.product(5);
                Answer placed = shop.order("first", product, 2);
                assertThat(placed.status()).isEqualTo(201);
                String order = placed.text("id");
                assertThat(unpublished(api)).isEqualTo(1);
                assertThat(listens(api)).isFalse();
                assertThat(archives(api)).isFalse();

                try (ConfigurableApplicationContext relay = start("relay", servers)) {
                    await().atMost(PATIENCE).until(() -> unpublished(api) == 0);
                    assertThat(archives(relay)).isTrue();
                    assertThat(listens(relay)).isFalse();
                    answersToActuatorAlone(relay);
                    assertThat(shop.notifications(order)).isEmpty();

                    try (ConfigurableApplicationContext streamer = start("streamer", servers)) {
                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(shop.notifications(order)).hasSize(1));
                        assertThat(listens(streamer)).isTrue();
                        assertThat(archives(streamer)).isFalse();
                        answersToActuatorAlone(streamer);
                    }
                }
                shop.cancel(order);
                assertThat(unpublished(api)).isEqualTo(1);
                shop.stock(product);
                shop.stock(product);
                assertThat(views(schema)).isEmpty();
            }
            assertThat(views(schema))
                    .as("stored at the end, long before their time")
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("\"views\":2}");
        }
    }

    private static ConfigurableApplicationContext start(String role, Map<String, Object> servers) {
        return new SpringApplicationBuilder(OrderApplication.class)
                .properties(servers)
                .run(
                        "--sample.roles=" + role,
                        "--server.port=0",
                        "--sample.views.flush-interval=10m",
                        "--sample.admin.email=" + LocalOrderApplication.ADMIN_EMAIL,
                        "--sample.admin.password=" + LocalOrderApplication.ADMIN_PASSWORD);
    }

    private static int port(ConfigurableApplicationContext process) {
        return process.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static void answersToActuatorAlone(ConfigurableApplicationContext process) {
        ShopClient anybody = ShopClient.anonymous(port(process));
        assertThat(anybody.get("/actuator/health").text("status")).isEqualTo("UP");
        Answer products = anybody.get("/api/v1/products");
        assertThat(products.status()).isEqualTo(404);
        assertThat(products.text("code")).isEqualTo("NOT_FOUND");
        assertThat(anybody.post("/api/v1/auth/login", "{}").status()).isEqualTo(404);
    }

    private static int unpublished(ConfigurableApplicationContext process) {
        return process.getBean(JdbcClient.class)
                .sql("SELECT count(*) FROM outbox_events WHERE status = 'PENDING'")
                .query(Integer.class)
                .single();
    }

    /** The payloads of the events that tell of views. */
    private static List<String> views(DatabaseSchema schema) {
        return JdbcClient.create(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()))
                .sql("SELECT convert_from(payload, 'UTF8') FROM outbox_events WHERE event_type = 'PRODUCTS_VIEWED'")
                .query(String.class)
                .list();
    }

    private static boolean listens(ConfigurableApplicationContext process) {
        return !process.getBean(KafkaListenerEndpointRegistry.class)
                .getListenerContainerIds()
                .isEmpty();
    }

    private static boolean archives(ConfigurableApplicationContext process) {
        return process.getBean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .anyMatch(task -> task.toString().contains("ArchiveSchedule"));
    }
}
