package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.test.KafkaServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The broker, and producers on it. */
final class Broker {
    static final int PARTITIONS = 12;

    /** In a partition of a new topic; before it is the record that was sent to see whether it takes any. */
    static final int FIRST_OFFSET = 1;

    static final String SOURCE = "/benchmark";

    /** The relay's time-out for a wave. */
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(30);

    private final KafkaServer server;

    Broker(KafkaServer server) {
        this.server = server;
    }

    /** A topic that takes records on every partition: shortly after its creation a broker may say that it is not the leader. */
    String newTopic() throws Exception {
        String topic = server.uniqueTopic("benchmark", PARTITIONS);
        try (KafkaProducer<byte[], byte[]> producer = producer(0)) {
            for (int partition = 0; partition < PARTITIONS; partition++)
                producer.send(new ProducerRecord<>(topic, partition, null, new byte[0]))
                        .get();
        }
        return topic;
    }

    /** The segments of finished measurements would fill the disk. */
    void delete(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    String address() {
        return server.bootstrapServers();
    }

    /** The producer of the relay. */
    KafkaEventSender sender() {
        return KafkaEventSender.create(application(), SEND_TIMEOUT, SOURCE);
    }

    /** A producer that waits for no other record. */
    KafkaEventSender hastySender() {
        Map<String, Object> application = new HashMap<>(application());
        application.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return KafkaEventSender.create(application, SEND_TIMEOUT, SOURCE);
    }

    /** A producer with the relay's settings, which are those of Kafka but for time-outs, linger and the size of batches. */
    KafkaProducer<byte[], byte[]> producer(int lingerMillis) {
        Map<String, Object> settings = new HashMap<>(KafkaEventSender.settings(application(), SEND_TIMEOUT));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
        return new KafkaProducer<>(settings);
    }

    private Map<String, Object> application() {
        return Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, server.bootstrapServers());
    }
}
