package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.KafkaCluster;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What only more than one broker can do. */
@Timeout(120)
class ClusterIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> LIVE = keysOf(0);
    private static final List<String> DEAD = keysOf(1);
    private static final List<String> ALL =
            Stream.concat(LIVE.stream(), DEAD.stream()).toList();
    private static final RelaySettings SETTINGS =
            QuickRelay.SETTINGS.attempts(1).settings();

    /** A silence is a partition's only where a broker has answered in the second half of it; no broker is that slow. */
    private static final int DELIVERY_MILLIS = 12_000;

    @SuppressWarnings("NullAway.Init")
    private static KafkaCluster kafka;

    private final PostgresSchema schema = TestServers.postgres().createSchema("cluster");
    private final Outbox outbox =
            new Outbox(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
    private final List<Failed> failures = new CopyOnWriteArrayList<>();

    private record Failed(long start, long end, boolean atOnce, SendException cause) {}

    @BeforeAll
    static void start() {
        kafka = KafkaCluster.start();
    }

    @AfterAll
    static void close() {
        kafka.close();
    }

    /** In few lanes, so that events of both partitions meet in a batch. */
    @Test
    void a_partition_without_a_leader_stops_only_its_own_events() {
        outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 3").update();
        kafka.createTopic("halves", Map.of(0, List.of(1), 1, List.of(2)), Map.of());
        PublishedEvents events = new PublishedEvents(outbox, kafka.bootstrapServers(), "halves");
        try (KafkaEventSender sender = sender()) {
            Relay relay = outbox.relay(watched(sender), (event, error) -> {}, SETTINGS, "test");
            relay.start();
            try {
                events.publish(16, ALL);
                await().atMost(PATIENCE).until(() -> unfinished(ALL) == 0);

                kafka.killBroker(2);
                events.publish(48, ALL);
                await().atMost(PATIENCE).until(() -> unfinished(LIVE) == 0);
                events.publish(16, ALL); // now that there is nothing else than dead events
                await().atMost(PATIENCE).until(() -> unfinished(LIVE) == 0);
                assertThat(unfinished(DEAD)).isEqualTo(32);
                await().atMost(PATIENCE).until(() -> !begunAfterTheFirst().isEmpty());
                assertThat(failures)
                        .allSatisfy(
                                failure -> assertThat(failure.cause().scope()).isEqualTo(FailureScope.TOPIC));
                assertThat(begunAfterTheFirst())
                        .as("only what was under way has waited")
                        .allMatch(Failed::atOnce);

                kafka.startBroker(2);
                events.awaitAllDeliveredInOrder();
            } finally {
                relay.stop();
            }
        }
    }

    @Test
    void a_topic_that_one_broker_may_acknowledge_alone_is_warned_about_once() {
        kafka.createTopic("strong", Map.of(0, List.of(1, 2)), Map.of("min.insync.replicas", "2"));
        kafka.createTopic("single", Map.of(0, List.of(1)), Map.of("min.insync.replicas", "1"));
        kafka.createTopic("weak", Map.of(0, List.of(1, 2)), Map.of("min.insync.replicas", "1"));
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(TopicDurability.class);
        logged.start();
        log.addAppender(logged);
        AtomicInteger closed = new AtomicInteger();
        Map<String, Object> settings =
                KafkaEventSender.settings(application(), SETTINGS.timeouts().send());
        TopicDurability durability =
                new TopicDurability(() -> new ForwardingAdmin(TopicDurability.adminSettings(settings)) {
                    @Override
                    public void close(Duration timeout) {
                        super.close(timeout);
                        closed.incrementAndGet();
                    }
                });
        try (KafkaEventSender sender =
                new KafkaEventSender(() -> new KafkaProducer<>(settings), "/test", Duration.ZERO, durability)) {
            for (int i = 0; i < 3; i++) {
                for (String topic : List.of("strong", "single", "weak")) send(sender, topic);
            }
            await().atMost(PATIENCE).until(() -> closed.get() == 3);
            send(sender, "weak");
            assertThat(closed).hasValue(3);
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "Topic 'weak' has 2 replicas but min.insync.replicas=1: Kafka acknowledges an event"
                                    + " that a single broker has, and it is lost with that broker. Set min.insync.replicas=2 on"
                                    + " the topic.");
        } finally {
            log.detachAppender(logged);
        }
    }

    private static void send(KafkaEventSender sender, String topic) {

        assertThat(sender.send(AnEvent.on(topic)).toCompletableFuture()).succeedsWithin(PATIENCE);
    }

    private static KafkaEventSender sender() {
        return KafkaEventSender.create(application(), SETTINGS.timeouts().send(), "/test");
    }

    private static Map<String, Object> application() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers(), "delivery.timeout.ms", DELIVERY_MILLIS);
    }

    private long unfinished(List<String> keys) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status <> 'PUBLISHED' AND aggregate_id IN (:keys)")
                .param("keys", keys)
                .query(Long.class)
                .single();
    }

    /** Failures of sends that have begun when the first failure was known. */
    private List<Failed> begunAfterTheFirst() {
        long known = failures.stream().mapToLong(Failed::end).min().orElse(Long.MAX_VALUE);
        return failures.stream().filter(failure -> failure.start() > known).toList();
    }

    private EventSender watched(EventSender sender) {
        return event -> {
            long start = System.nanoTime();
            CompletableFuture<SentPosition> sent = sender.send(event).toCompletableFuture();
            boolean atOnce = sent.isDone();
            return sent.whenComplete((position, failure) -> {
                if (failure instanceof SendException cause)
                    failures.add(new Failed(start, System.nanoTime(), atOnce, cause));
            });
        };
    }

    /** Some keys that Kafka puts into this one of two partitions. */
    private static List<String> keysOf(int partition) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "key " + i)
                .filter(key -> Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % 2 == partition)
                .limit(8)
                .toList();
    }
}
