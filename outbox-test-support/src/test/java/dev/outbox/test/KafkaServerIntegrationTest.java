package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.test.TcpProxy.Direction;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerIntegrationTest {

    @TempDir
    Path directory;

    @Test
    void recordsAndAddressSurviveKillAndRestart() throws Exception {
        try (KafkaServer server = KafkaServer.start()) {
            String topic = server.uniqueTopic("killed", 1);
            try (KafkaProducer<String, String> producer = producer(server.bootstrapServers())) {
                send(producer, topic, "before").get(10, TimeUnit.SECONDS);

                server.kill();
                assertThat(server.isRunning()).isFalse();
                server.restart();

                send(producer, topic, "after").get(20, TimeUnit.SECONDS);
            }
            assertThat(read(server, topic, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void nextBrokerOfADirectoryGoesOnWithItsRecords() throws Exception {
        KafkaOptions options = KafkaOptions.in(directory.resolve("new/data"));
        try (KafkaServer first = KafkaServer.start(options);
                KafkaProducer<String, String> producer = producer(first.bootstrapServers())) {
            first.createTopic("again", 1);
            send(producer, "again", "kept").get(10, TimeUnit.SECONDS);
        }

        try (KafkaServer second = KafkaServer.start(options)) {
            second.createTopic("again", 1);
            assertThat(read(second, "again", 1)).containsExactly("kept");
        }
    }

    @Test
    void sendHangsWhilePausedAndCompletesAfterResume() throws Exception {
        try (KafkaServer server = KafkaServer.start()) {
            String topic = server.uniqueTopic("paused", 1);
            try (KafkaProducer<String, String> producer = producer(server.bootstrapServers())) {
                send(producer, topic, "one").get(10, TimeUnit.SECONDS);

                server.pause();
                Future<RecordMetadata> answer = send(producer, topic, "two");

                assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                server.resume();
                answer.get(20, TimeUnit.SECONDS);
            }
            assertThat(read(server, topic, 2)).containsExactly("one", "two");
        }
    }

    @Test
    void heldReplyLeavesTheRecordWritten() throws Exception {
        try (KafkaServer server = KafkaServer.start(KafkaOptions.temporary().withProxy())) {
            String topic = server.uniqueTopic("proxied", 1);
            try (KafkaProducer<String, String> producer = producer(server.proxiedBootstrapServers())) {
                send(producer, topic, "one").get(10, TimeUnit.SECONDS);

                server.proxy().hold(Direction.TO_CLIENT);
                Future<RecordMetadata> answer = send(producer, topic, "two");

                assertThat(read(server, topic, 2)).containsExactly("one", "two");
                assertThat(answer.isDone()).isFalse();
                server.proxy().heal();
                answer.get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void topicsDoNotBeginToExistOnUse() {
        try (KafkaProducer<String, String> producer =
                producer(TestServers.kafka().bootstrapServers(), Map.of("max.block.ms", "500"))) {
            assertThatThrownBy(() -> send(producer, "never-created", "lost").get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfAny(
                            UnknownTopicOrPartitionException.class,
                            org.apache.kafka.common.errors.TimeoutException.class);
        }
    }

    @Test
    void takenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            KafkaOptions options = KafkaOptions.temporary().withPort(taken.getLocalPort());

            assertThatThrownBy(() -> KafkaServer.start(options))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageStartingWith("Kafka cannot listen on port " + taken.getLocalPort());
        }
    }

    @Test
    void failedStartShowsTheLog() throws Exception {
        Files.createDirectories(directory.resolve("log"));
        Files.writeString(directory.resolve("log/meta.properties"), "version=1\ncluster.id=x\nnode.id=42\n");

        assertThatThrownBy(() -> KafkaServer.start(KafkaOptions.in(directory)))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("ended at once")
                .hasMessageContaining("42");
    }

    private static Future<RecordMetadata> send(KafkaProducer<String, String> producer, String topic, String value) {
        return producer.send(new ProducerRecord<>(topic, value));
    }

    private static KafkaProducer<String, String> producer(String bootstrapServers) {
        return producer(bootstrapServers, Map.of());
    }

    private static KafkaProducer<String, String> producer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("reconnect.backoff.max.ms", 200);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static List<String> read(KafkaServer server, String topic, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", server.bootstrapServers());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (values.size() < count && System.nanoTime() - deadline < 0) {
                consumer.poll(Duration.ofMillis(100)).forEach(found -> values.add(found.value()));
            }
        }
        return values;
    }
}
