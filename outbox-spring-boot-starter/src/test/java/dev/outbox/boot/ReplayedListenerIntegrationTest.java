package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.DryRun;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.spi.AccessControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Replays on their whole way: from the operator through the relay's process and the broker to two listeners with an inbox, and one without. */
class ReplayedListenerIntegrationTest extends InboxListeners {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int EVENTS = 20;
    private static final int KEYS = 6;
    private static final ReplayPlan EVERYTHING = ReplayPlan.ofPeriod(Instant.EPOCH, null);

    private final JdbcTemplate jdbc =
            new JdbcTemplate(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));

    static final class Listeners {
        private final Taken taken;
        private final List<ConsumerRecord<String, String>> seen = new CopyOnWriteArrayList<>();

        Listeners(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("stock")
        void stock(InboxMessage event) {
            taken.add("stock " + event.eventId());
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("mail")
        void mail(InboxMessage event) {
            taken.add("mail " + event.eventId());
        }

        @KafkaListener(topics = "${topic}", groupId = "${topic}-onlooker")
        void onlooker(ConsumerRecord<String, String> record) {
            seen.add(record);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ReplayedListeners extends Tables {
        @Bean
        Listeners listeners(Taken taken) {
            return new Listeners(taken);
        }
    }

    private ApplicationContextRunner application() {
        return application(ReplayedListeners.class)
                .withConfiguration(AutoConfigurations.of(
                        OutboxAutoConfiguration.class,
                        OutboxKafkaAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class))
                .withBean(AccessControl.class, () -> AccessControl.allowAll("olga"))
                .withPropertyValues(
                        "spring.kafka.consumer.auto-offset-reset=earliest", "outbox.schema.initialize=true");
    }

    @Test
    void a_read_only_replay_reaches_the_topic_and_changes_no_row_at_a_consumer() {
        application().run(context -> {
            List<UUID> events = handled(context);
            losesHandling("mail", events.get(EVENTS / 2)); // what a normal replay would bring back
            Map<String, List<Map<String, Object>>> before = contents();
            Replay replay = replay(context, ReplayRequest::readOnly);
            assertThat(copies(context, replay))
                    .extracting(copy -> UUID.fromString(header(copy, "ce_id")))
                    .containsExactlyInAnyOrderElementsOf(events);
            assertThat(copies(context, replay))
                    .allSatisfy(
                            copy -> assertThat(header(copy, "ce_replaymode")).isEqualTo("read-only"));
            assertThat(contents()).isEqualTo(before);
        });
    }

    @Test
    void a_replay_to_be_reprocessed_is_handled_once_more_by_the_named_consumer_alone_also_when_copies_repeat() {
        application().run(context -> {
            List<UUID> events = handled(context);
            Replay replay = replay(context, token -> ReplayRequest.reprocess(token, Set.of("stock")));
            List<String> onceMore = Stream.of(by("stock", events), by("stock", events), by("mail", events))
                    .flatMap(List::stream)
                    .toList();
            assertThat(taken(context)).containsExactlyInAnyOrderElementsOf(onceMore);
            assertThat(recorded("stock", replay)).containsExactlyInAnyOrderElementsOf(events);
            assertThat(recorded("mail", replay)).isEmpty();

            Map<String, List<Map<String, Object>>> before = contents();
            List<ConsumerRecord<String, String>> copies = copies(context, replay);
            copies.forEach(this::repeat);
            producer.flush();
            awaitRead();
            assertThat(copies(context, replay)).hasSize(2 * copies.size());
            assertThat(contents()).isEqualTo(before);
        });
    }

    @Test
    void a_normal_replay_brings_back_a_handling_that_was_lost_and_changes_nothing_else() {
        application().run(context -> {
            List<UUID> events = handled(context);
            UUID lost = events.get(EVENTS / 2);
            losesHandling("mail", lost);
            Map<String, List<Map<String, Object>>> before = contents();
            Replay replay = replay(context, ReplayRequest::normal);
            assertThat(copies(context, replay)).hasSize(EVENTS);
            assertThat(taken(context)).endsWith("mail " + lost);
            losesHandling("mail", lost);
            assertThat(contents()).as("but for what was lost").isEqualTo(before);
        });
    }

    /** Events of several keys, which both consumers have handled. */
    private List<UUID> handled(ApplicationContext context) {
        List<OutboxMessage> messages = IntStream.range(0, EVENTS)
                .mapToObj(i -> OutboxMessage.of("Order", "order " + i % KEYS, "OrderPlaced", "body")
                        .topic(topic))
                .toList();
        List<UUID> events = Objects.requireNonNull(new TransactionTemplate(
                        context.getBean(PlatformTransactionManager.class))
                .execute(status -> context.getBean(OutboxPublisher.class).publishAll(messages)));
        List<String> once = Stream.of(by("stock", events), by("mail", events))
                .flatMap(List::stream)
                .toList();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(taken(context)).containsExactlyInAnyOrderElementsOf(once));
        return events;
    }

    /** As after a restore of an older backup: neither the change is there nor the record of it. */
    private void losesHandling(String consumer, UUID event) {
        assertThat(jdbc.update("DELETE FROM taken WHERE what = ?", consumer + " " + event))
                .isOne();
        assertThat(jdbc.update("DELETE FROM inbox_events WHERE consumer = ? AND event_id = ?", consumer, event))
                .isOne();
    }

    /** Runs a replay of everything to its end, and until all who read the topic have read the copies. */
    private Replay replay(ApplicationContext context, Function<String, ReplayRequest> request) throws Exception {
        OutboxReplays replays = context.getBean(OutboxReplays.class);
        DryRun shown = await().atMost(PATIENCE).until(() -> replays.dryRun(EVERYTHING), run -> run.events() == EVENTS);
        Replay started = replays.start(request.apply(shown.token()), "a test");
        await().atMost(PATIENCE)
                .until(() -> replays.find(started.id()).orElseThrow().status() == ReplayStatus.DONE);
        awaitRead();
        return started;
    }

    /** Until every group has committed the offsets up to where the topic ends now. */
    private void awaitRead() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (int partition = 0; partition < 3; partition++) {
                TopicPartition place = new TopicPartition(topic, partition);
                long end = admin.listOffsets(Map.of(place, OffsetSpec.latest()))
                        .partitionResult(place)
                        .get()
                        .offset();
                for (String group : List.of("stock", "mail", topic + "-onlooker"))
                    await().atMost(PATIENCE).until(() -> committed(admin, group, place) == end);
            }
        }
    }

    private static long committed(Admin admin, String group, TopicPartition place) throws Exception {
        OffsetAndMetadata offset = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(place);
        return offset == null ? 0 : offset.offset();
    }

    /** As a replay does that was killed before its checkpoint. */
    private void repeat(ConsumerRecord<String, String> copy) {
        producer.send(new ProducerRecord<>(
                topic, copy.partition(), copy.key(), copy.value().getBytes(UTF_8), copy.headers()));
    }

    private static List<ConsumerRecord<String, String>> copies(ApplicationContext context, Replay replay) {
        return context.getBean(Listeners.class).seen.stream()
                .filter(record -> replay.id().toString().equals(header(record, "ce_replayid")))
                .toList();
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "none" : new String(header.value(), UTF_8);
    }

    private static List<String> taken(ApplicationContext context) {
        return context.getBean(Taken.class).all();
    }

    private static List<String> by(String consumer, List<UUID> events) {
        return events.stream().map(event -> consumer + " " + event).toList();
    }

    private List<UUID> recorded(String consumer, Replay replay) {
        return jdbc.queryForList(
                "SELECT event_id FROM inbox_events WHERE consumer = ? AND replay_id = ? AND status = 'HANDLED'",
                UUID.class,
                consumer,
                replay.id().toString());
    }

    /** What the consumers' own changes and the inbox have left. */
    private Map<String, List<Map<String, Object>>> contents() {
        return Map.of(
                "taken", jdbc.queryForList("SELECT * FROM taken ORDER BY n"),
                "inbox_events", jdbc.queryForList("SELECT * FROM inbox_events ORDER BY event_id, consumer, replay_id"),
                "inbox_dead_letters", jdbc.queryForList("SELECT * FROM inbox_dead_letters"));
    }
}
