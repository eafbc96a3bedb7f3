package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the relay sends is read by a CloudEvents client that knows nothing of us. */
@Timeout(60)
class CloudEventsClientIntegrationTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final byte[] DATA = {0, 'b', (byte) 0xFF, '}'};

    private final Outbox outbox = new Outbox(TestDatabase.POSTGRESQL.createSchema("cloudevents"));
    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("cloudevents", 2);
    private final OutboxMessage message = OutboxMessage.of("Order", "Zoë/7", "OrderPlaced", DATA)
            .topic(topic)
            .version(12)
            .contentType("application/vnd.shop.order+json")
            .header("traceparent", TRACE)
            .header("Tenant", "a=b; ö");

    @Test
    void reads_attributes_and_data() {
        UUID id = publish(message);
        OutboxRecord stored = outbox.read(outbox.laneOf(id), 10).get(0);
        CloudEvent event = read(sent(id));
        assertThat(event.getSpecVersion()).isEqualTo(SpecVersion.V1);
        assertThat(event.getId()).isEqualTo(id.toString());
        assertThat(event.getType()).isEqualTo("OrderPlaced");
        assertThat(event.getSource()).isEqualTo(URI.create("/shop"));
        assertThat(event.getSubject()).isEqualTo("Zoë/7");
        assertThat(event.getTime()).isEqualTo(stored.createdAt().atOffset(ZoneOffset.UTC));
        assertThat(event.getDataContentType()).isEqualTo("application/vnd.shop.order+json");
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(DATA);
        assertThat(event.getExtensionNames())
                .containsExactlyInAnyOrder("aggregatetype", "aggregateversion", "sequence");
        assertThat(event.getExtension("aggregatetype")).isEqualTo("Order");
        assertThat(event.getExtension("aggregateversion")).isEqualTo("12");
        assertThat(Long.parseLong(String.valueOf(event.getExtension("sequence"))))
                .isEqualTo(stored.seq());
    }

    @Test
    void reads_an_event_without_a_version_and_without_data() {
        UUID id = publish(OutboxMessage.of("Order", "1", "E", new byte[0]).topic(topic));
        CloudEvent event = read(sent(id));
        assertThat(event.getId()).isEqualTo(id.toString());
        assertThat(event.getExtensionNames()).containsExactlyInAnyOrder("aggregatetype", "sequence");
    }

    @Test
    void the_applications_headers_travel_beside_it_as_they_are() {
        ConsumerRecord<String, byte[]> record = sent(publish(message));
        assertThat(Topic.header(record, "traceparent")).isEqualTo(TRACE);
        assertThat(Topic.header(record, "Tenant")).isEqualTo("a=b; ö");
        assertThat(record.headers())
                .extracting(Header::key)
                .doesNotHaveDuplicates()
                .endsWith("traceparent", "Tenant");
        assertThat(record.key().getBytes(UTF_8)).isEqualTo("Zoë/7".getBytes(UTF_8));
    }

    private UUID publish(OutboxMessage message) {
        TransactionalOutboxPublisher publisher = outbox.publisher(() -> {});
        return outbox.inTransaction(() -> publisher.publish(message));
    }

    /** Lets a relay send what was published, and reads it. */
    private ConsumerRecord<String, byte[]> sent(UUID id) {
        RelaySettings settings = QuickRelay.SETTINGS.settings();
        try (KafkaEventSender sender = KafkaEventSender.create(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()), Duration.ofSeconds(30), "/shop");
                Topic delivered = new Topic(kafka.bootstrapServers(), topic)) {
            Relay relay = outbox.relay(sender, (event, error) -> {}, settings, "test");
            relay.start();
            await().until(() -> outbox.events.find(id).orElseThrow().status() == EventStatus.PUBLISHED);
            relay.stop();
            assertThat(delivered.poll().records()).hasSize(1);
            return delivered.records().get(0);
        }
    }

    private static CloudEvent read(ConsumerRecord<?, byte[]> record) {
        try (CloudEventDeserializer client = new CloudEventDeserializer()) {
            return client.deserialize(record.topic(), record.headers(), record.value());
        }
    }
}
