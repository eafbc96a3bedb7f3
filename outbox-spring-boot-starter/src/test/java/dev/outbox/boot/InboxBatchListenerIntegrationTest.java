package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.spi.AccessControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/** Listeners that take batches. */
class InboxBatchListenerIntegrationTest extends InboxListeners {
    static final class Batches {
        private final Taken taken;
        final AtomicInteger calls = new AtomicInteger();
        final AtomicBoolean failing = new AtomicBoolean();

        Batches(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox("batches")
        void on(List<OrderPlaced> orders, List<InboxMessage> meta) {
            calls.incrementAndGet();
            for (int i = 0; i < orders.size(); i++) {
                assertThat(meta.get(i).aggregateId()).isEqualTo(orders.get(i).id());
                taken.add(orders.get(i).id());
            }
            if (failing.get() && orders.stream().anyMatch(order -> order.id().equals("13")))
                throw new IllegalStateException("not 13");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BatchesConfiguration extends Tables {
        @Bean
        Batches batches(Taken taken) {
            return new Batches(taken);
        }
    }

    @Test
    void a_batch_is_one_transaction_without_duplicates_and_when_it_fails_its_events_are_handled_one_by_one() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UUID id = send(Integer.toString(i), "OrderPlaced", "{\"id\":\"" + i + "\",\"lines\":[]}");
            send(id, Integer.toString(i), "OrderPlaced", "{\"id\":\"" + i + "\",\"lines\":[]}");
            ids.add(Integer.toString(i));
        }
        producer.flush();
        kafka.createTopic(topic + ".DLT", 3);
        application(BatchesConfiguration.class)
                .withBean(AccessControl.class, () -> AccessControl.allowAll("olga"))
                .run(context -> {
                    Batches batches = context.getBean(Batches.class);
                    batches.failing.set(true);
                    Taken taken = context.getBean(Taken.class);
                    DeadLetters aside = context.getBean(DeadLetters.class);
                    DeadLetterFilter ours = DeadLetterFilter.of("batches");
                    await().until(() ->
                            aside.list(ours, 0, 10).size() == 1 && taken.all().size() == 19);
                    assertThat(taken.all())
                            .doesNotHaveDuplicates()
                            .doesNotContain("13")
                            .isSubsetOf(ids);
                    assertThat(aside.redrive(ours, 10, "the handler is repaired")
                                    .failed())
                            .hasSize(1);
                    batches.failing.set(false);
                    assertThat(aside.redrive(ours, 10, "the handler is repaired")
                                    .handled())
                            .isEqualTo(1);
                    assertThat(taken.all()).containsExactlyInAnyOrderElementsOf(ids);
                });
    }

    static final class Counting {
        private final JdbcTemplate jdbc;

        Counting(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @KafkaListener(topics = "${topic}", batch = "true", properties = "max.poll.records=1000")
        @Inbox("counting")
        void on(List<InboxMessage> events) {
            jdbc.update("UPDATE counter SET n = n + ?", events.size());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CountingConfiguration {
        @Bean
        Counting counting(javax.sql.DataSource dataSource) {
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE IF NOT EXISTS counter (n bigint)");
            jdbc.execute("INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)");
            return new Counting(jdbc);
        }
    }

    /** With a second instance coming and going, so that partitions change hands in mid-batch. */
    @Test
    void of_many_events_with_duplicates_each_is_counted_once_while_instances_come_and_go() {
        int many = 100_000;
        Random random = new Random(7);
        List<UUID> ids = new ArrayList<>();
        for (int sent = 0; sent < many; sent++) {
            boolean again = sent > 100 && random.nextInt(5) == 0;
            UUID id = again ? ids.get(random.nextInt(ids.size())) : UUID.randomUUID();
            if (!again) ids.add(id);
            send(id, Integer.toString(id.hashCode() % 1000), "OrderPlaced", "{}");
        }
        application(CountingConfiguration.class).run(context -> {
            JdbcTemplate jdbc = context.getBean(Counting.class).jdbc;
            for (int i = 0; i < 3; i++) application(CountingConfiguration.class).run(second -> counted(jdbc));
            await().atMost(Duration.ofSeconds(90)).until(() -> counted(jdbc) >= ids.size());
            await().during(Duration.ofSeconds(1)).until(() -> counted(jdbc) == ids.size());
        });
    }

    private static long counted(JdbcTemplate jdbc) {
        Long counted = jdbc.queryForObject("SELECT n FROM counter", Long.class);
        return counted == null ? 0 : counted;
    }

    /** Holds its first batch as long as it is told to, with the transaction open. */
    static final class Holding {
        private final Taken taken;
        private final CountDownLatch holding = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        Holding(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}", batch = "true", properties = "max.poll.interval.ms=1000")
        @Inbox("holding")
        void on(List<InboxMessage> events) throws InterruptedException {
            for (InboxMessage event : events) taken.add(event.aggregateId());
            holding.countDown();
            end.await();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HoldingConfiguration extends Tables {
        @Bean
        Holding holding(Taken taken) {
            return new Holding(taken);
        }
    }

    @Test
    void a_batch_whose_partitions_are_given_to_another_instance_meanwhile_is_handled_once() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            send(Integer.toString(i), "OrderPlaced", "{}");
            ids.add(Integer.toString(i));
        }
        producer.flush();
        application(HoldingConfiguration.class).run(context -> {
            Holding first = context.getBean(Holding.class);
            first.holding.await();
            application(HoldingConfiguration.class).run(other -> {
                Holding second = other.getBean(Holding.class);
                second.end.countDown();
                JdbcTemplate jdbc = second.taken.jdbc;
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> waiting(jdbc) > 0 || second.taken.all().size() == ids.size());
                first.end.countDown();
                await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged("holding") == ids.size());
            });
            assertThat(first.taken.all()).containsExactlyInAnyOrderElementsOf(ids);
        });
    }

    /** How many transactions wait for another one to handle the same event. */
    private static int waiting(JdbcTemplate jdbc) {
        Integer waiting = jdbc.queryForObject(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%inbox_events%'",
                Integer.class);
        return waiting == null ? 0 : waiting;
    }

    private long acknowledged(String group) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
        }
    }
}
