package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** What the nightly job does with orders that were closed long ago. Its chunks are of two orders. */
@ExtendWith(OutputCaptureExtension.class)
class ArchiveIntegrationTest extends RunningShop {
    private static final Pattern SUMMARY =
            Pattern.compile("Archived (\\d+) orders that were closed before [^ ]+, in (\\d+) chunks");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    ApplicationContext instance;

    @Autowired
    OutboxOperations outbox;

    @Autowired
    Environment environment;

    @Value("${local.server.port}")
    int port;

    @BeforeEach
    void waitForTheNextNight() {
        // not deleted: the lock would go on with the row that it knows of
        jdbc.sql("UPDATE shedlock SET lock_until = '1970-01-02 00:00:00'").update();
    }

    @Test
    void what_was_closed_long_ago_is_moved_and_what_is_open_or_was_closed_lately_stays(CapturedOutput output) {
        long product = shop.product(100);
        List<String> old = cancelled(product, 5);
        String completed = shop.order(newKey(), product, 1).text("id");
        shop.complete(completed);
        String open = shop.order(newKey(), product, 1).text("id");
        age(product);
        String late = cancelled(product, 1).get(0);
        Answer before = shop.get("/api/v1/orders/" + old.get(0));

        archive(instance);

        assertThat(summaries(output)).containsExactly("6 orders, 3 chunks");
        assertThat(live(product)).isEqualTo(2);
        assertThat(archived(product)).isEqualTo(6);
        assertThat(archivedAboutNow(product)).isEqualTo(6);
        assertThat(shop.get("/api/v1/orders/" + old.get(0)).body()).isEqualTo(before.body());
        assertThat(shop.get("/api/v1/orders/" + completed).text("status")).isEqualTo("COMPLETED");
        assertThat(shop.get("/api/v1/orders/" + open).text("status")).isEqualTo("CREATED");
        assertThat(shop.get("/api/v1/orders?size=100")
                        .body()
                        .get("items")
                        .valueStream()
                        .map(order -> order.get("id").asString()))
                .contains(open, late)
                .doesNotContain(completed)
                .doesNotContainAnyElementsOf(old);
    }

    @Test
    void an_archived_order_is_its_owners_only_and_stays_as_it_is() {
        long product = shop.product(100);
        String cancelled = cancelled(product, 1).get(0);
        String completed = shop.order(newKey(), product, 1).text("id");
        shop.complete(completed);
        age(product);
        archive(instance);

        ShopClient other = ShopClient.customer(port, "another@example.com");
        assertThat(other.get("/api/v1/orders/" + cancelled).text("code")).isEqualTo("ORDER_NOT_FOUND");
        assertThat(other.cancel(cancelled).text("code")).isEqualTo("ORDER_NOT_FOUND");
        assertThat(shop.cancel(cancelled).headers().firstValue("Idempotent-Replayed"))
                .hasValue("true");
        assertThat(shop.cancel(completed).text("code")).isEqualTo("ORDER_ALREADY_COMPLETED");
        assertThat(shop.complete(completed).headers().firstValue("Idempotent-Replayed"))
                .hasValue("true");
        assertThat(shop.complete(cancelled).text("code")).isEqualTo("ORDER_ALREADY_CANCELLED");
        assertThat(shop.stock(product)).isEqualTo(99);
    }

    @Test
    void a_key_that_was_used_stays_used_when_its_order_is_archived() {
        long product = shop.product(100);
        String key = newKey();
        Answer first = shop.order(key, product, 2);
        shop.cancel(first.text("id"));
        age(product);
        archive(instance);
        assertThat(live(product)).isZero();

        assertThatThrownBy(() -> jdbc.sql("DELETE FROM order_keys WHERE idempotency_key = ?")
                        .param(key)
                        .update())
                .as("not even by hand")
                .isInstanceOf(DataIntegrityViolationException.class);
        Answer again = shop.order(key, product, 2);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(shop.order(key, product, 3).text("code")).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(AtOnce.times(5, i -> shop.order(key, product, 2).text("id"))).containsOnly(first.text("id"));
        assertThat(ShopClient.customer(port, "another@example.com")
                        .order(key, product, 2)
                        .text("id"))
                .isNotEqualTo(first.text("id"));
        assertThat(shop.stock(product)).isEqualTo(98);
        assertThat(events(first.text("id"))).isEqualTo(2);
    }

    @Test
    void a_chunk_that_fails_at_its_end_leaves_its_orders_as_they_were_and_the_next_run_moves_them(
            CapturedOutput output) {
        long product = shop.product(100);
        List<String> orders = cancelled(product, 5);
        age(product);
        // refers to the fourth order, so that the second of three chunks fails at its last statement, when it deletes
        jdbc.sql(
                        "CREATE TABLE order_marks AS SELECT id AS order_id FROM orders WHERE id IN (SELECT order_id FROM order_items WHERE product_id = %d) ORDER BY closed_at LIMIT 1 OFFSET 3"
                                .formatted(product))
                .update();
        try {
            jdbc.sql("ALTER TABLE order_marks ADD FOREIGN KEY (order_id) REFERENCES orders (id)")
                    .update();
            assertThatThrownBy(() -> archive(instance)).isInstanceOf(DataIntegrityViolationException.class);
            assertThat(summaries(output)).containsExactly("2 orders, 1 chunks");
            assertThat(output).contains("; then a chunk has failed, which is tried again the next time.");
            assertThat(live(product)).isEqualTo(3);
            assertThat(archived(product)).isEqualTo(2);
            assertThat(orders)
                    .allSatisfy(order -> assertThat(
                                    shop.get("/api/v1/orders/" + order).body().get("items"))
                            .hasSize(1));
        } finally {
            jdbc.sql("DROP TABLE order_marks").update();
        }
        waitForTheNextNight();
        archive(instance);
        assertThat(live(product)).isZero();
        assertThat(archived(product)).isEqualTo(5);
        assertThat(orders)
                .allSatisfy(order -> assertThat(
                                shop.get("/api/v1/orders/" + order).body().get("items"))
                        .hasSize(1));
    }

    @Test
    void of_two_instances_one_does_it_and_nobody_does_it_again_until_the_next_time(CapturedOutput output) {
        long product = shop.product(100);
        cancelled(product, 3);
        age(product);
        try (ConfigurableApplicationContext other = anotherInstance()) {
            List<ApplicationContext> both = List.of(instance, other);
            AtOnce.times(2, i -> {
                archive(both.get(i));
                return i;
            });
            assertThat(summaries(output)).containsExactly("3 orders, 2 chunks");
            both.forEach(ArchiveIntegrationTest::archive);
            assertThat(summaries(output)).as("a moment later").hasSize(1);
            waitForTheNextNight();
            both.forEach(ArchiveIntegrationTest::archive);
            assertThat(summaries(output))
                    .as("the next night")
                    .containsExactly("3 orders, 2 chunks", "0 orders, 0 chunks");
        }
        assertThat(archived(product)).isEqualTo(3);
    }

    @Test
    void an_order_that_is_archived_before_its_events_are_published_is_told_of_all_the_same() {
        long product = shop.product(100);
        List<String> archived = new ArrayList<>();
        outbox.pause(OutboxPause.everything(), "a test");
        try {
            // a batch that is under way when the pause begins is finished first
            await().pollInSameThread().until(() -> {
                String order = cancelled(product, 1).get(0);
                age(product);
                waitForTheNextNight();
                archive(instance);
                archived.add(order);
                return unpublished(order) == 2;
            });
        } finally {
            outbox.resume(OutboxPause.everything(), "a test");
        }
        assertThat(live(product)).isZero();
        assertThat(archived)
                .allSatisfy(order -> await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(OrdersTopicProbe.eventsOf(kafka, order))
                            .containsExactly("ORDER_CREATED 0", "ORDER_CANCELLED 1");
                    assertThat(shop.notifications(order)).hasSize(1);
                }));
    }

    private int unpublished(String order) {
        return jdbc.sql(
                        "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'Order' AND aggregate_id = ? AND published_at IS NULL")
                .param(order)
                .query(Integer.class)
                .single();
    }

    /** With the same database. It leaves the events to the first one, and makes ready only what it needs. */
    private ConfigurableApplicationContext anotherInstance() {
        return new SpringApplicationBuilder(OrderApplication.class)
                .profiles(environment.getActiveProfiles())
                .run(
                        "--spring.datasource.url=" + environment.getProperty("spring.datasource.url"),
                        "--spring.datasource.username=" + environment.getProperty("spring.datasource.username"),
                        "--spring.datasource.password=" + environment.getProperty("spring.datasource.password"),
                        "--spring.kafka.bootstrap-servers=" + environment.getProperty("spring.kafka.bootstrap-servers"),
                        "--spring.kafka.listener.auto-startup=false",
                        "--outbox.relay.enabled=false",
                        "--sample.guide.enabled=false",
                        "--sample.archive.batch-size=2",
                        "--spring.main.lazy-initialization=true",
                        "--server.port=0");
    }

    /** What its scheduler does when the time has come. */
    private static void archive(ApplicationContext instance) {
        List<Runnable> jobs = instance.getBean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .map(ScheduledTask::getTask)
                .filter(task -> task.toString().contains("ArchiveSchedule"))
                .map(task -> (Runnable) task.getRunnable())
                .toList();
        assertThat(jobs).hasSize(1);
        jobs.get(0).run();
    }

    private List<String> cancelled(long product, int many) {
        return IntStream.range(0, many)
                .mapToObj(i -> shop.order(newKey(), product, 1).text("id"))
                .peek(order -> shop.cancel(order))
                .toList();
    }

    /** Lets 91 days pass since the orders of a product were closed. */
    private void age(long product) {
        jdbc.sql(
                        "UPDATE orders SET closed_at = closed_at - INTERVAL '2184' HOUR WHERE id IN (SELECT order_id FROM order_items WHERE product_id = ?)")
                .param(product)
                .update();
    }

    private int live(long product) {
        return count("orders", "order_items", product);
    }

    private int archived(long product) {
        return count("orders_archive", "order_items_archive", product);
    }

    /** Each order of these tests has one item. */
    private int count(String orders, String items, long product) {
        return jdbc.sql("SELECT count(*) FROM %s o JOIN %s i ON i.order_id = o.id WHERE i.product_id = ?"
                        .formatted(orders, items))
                .param(product)
                .query(Integer.class)
                .single();
    }

    private int archivedAboutNow(long product) {
        return jdbc.sql("""
                        SELECT count(*) FROM orders_archive WHERE id IN (SELECT order_id FROM order_items_archive WHERE product_id = ?)
                        AND archived_at BETWEEN closed_at + INTERVAL '2184' HOUR AND closed_at + INTERVAL '2185' HOUR
                        """).param(product).query(Integer.class).single();
    }

    private static List<String> summaries(CapturedOutput output) {
        return SUMMARY.matcher(output.getOut())
                .results()
                .map(found -> found.group(1) + " orders, " + found.group(2) + " chunks")
                .toList();
    }
}
