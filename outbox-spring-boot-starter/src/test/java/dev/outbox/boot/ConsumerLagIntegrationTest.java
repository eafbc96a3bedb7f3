package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.test.KafkaServer;
import dev.outbox.test.TcpProxy;
import dev.outbox.test.TestServers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;

/** How far consumer groups are behind, on a real broker. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ConsumerLagIntegrationTest {
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("lag", 2);
    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Configuration(proxyBeanMethods = false)
    static class Listener {
        @KafkaListener(topics = "${topic}", groupId = "${topic}-listener")
        void on(String value) {}
    }

    private ApplicationContextRunner application(String bootstrapServers) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(KafkaAutoConfiguration.class, OutboxConsumerLagAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> meters)
                .withPropertyValues(
                        "topic=" + topic,
                        "spring.kafka.bootstrap-servers=" + bootstrapServers,
                        "spring.kafka.consumer.auto-offset-reset=earliest",
                        "outbox.metrics.interval=100ms");
    }

    @Test
    void a_group_is_behind_by_what_it_has_not_committed_and_a_partition_that_goes_away_takes_its_gauge_along()
            throws Exception {
        String group = topic + "-behind";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            send(0, 5);
            send(1, 3);
            commit(admin, group, Map.of(0, 2L, 1, 3L));
            application(kafka.bootstrapServers())
                    .withPropertyValues("outbox.metrics.consumer-groups=" + group)
                    .run(context -> {
                        await().atMost(A_WHILE).until(() -> lag(group, 0) == 3 && lag(group, 1) == 0);
                        send(1, 4);
                        await().atMost(A_WHILE).until(() -> lag(group, 1) == 4);
                        admin.deleteTopics(List.of(topic)).all().get(10, TimeUnit.SECONDS);
                        await().atMost(A_WHILE).until(() -> gauges().isEmpty());
                    });
        }
    }

    @Test
    void the_groups_of_the_applications_own_listeners_are_asked_for_by_default() {
        send(0, 5);
        application(kafka.bootstrapServers())
                .withUserConfiguration(Listener.class)
                .run(context -> await().atMost(A_WHILE).until(() -> lag(topic + "-listener", 0) == 0));
    }

    @Test
    void with_no_groups_nobody_is_asked() {
        application("localhost:1")
                .withUserConfiguration(Listener.class)
                .withPropertyValues("outbox.metrics.consumer-groups=", "spring.kafka.listener.auto-startup=false")
                .run(context -> await().during(Duration.ofMillis(500)).until(() -> gauges().isEmpty()));
    }

    @Test
    void a_broker_that_is_gone_is_told_of_once_and_asked_again(CapturedOutput output) {
        String address = kafka.bootstrapServers();
        String host = address.substring(0, address.indexOf(':'));
        try (TcpProxy proxy = TcpProxy.to(host, Integer.parseInt(address.substring(host.length() + 1)))) {
            proxy.refuse();
            application(proxy.host() + ":" + proxy.port())
                    .withPropertyValues("outbox.metrics.consumer-groups=some")
                    .run(
                            context -> await().atMost(A_WHILE)
                                    .untilAsserted(
                                            () -> assertThat(output)
                                                    .contains(
                                                            "How far the consumer group 'some' is behind is not known: ")
                                                    .contains(
                                                            "Check that the brokers can be reached, and that this user may DESCRIBE the group and its topics. Asking again every PT0.1S.")));
            assertThat(gauges()).isEmpty();
        }
    }

    @Test
    void without_metrics_or_kafka_nobody_is_asked() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(KafkaAutoConfiguration.class, OutboxConsumerLagAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsumerLagSampler.class));
        application(kafka.bootstrapServers())
                .withClassLoader(new FilteredClassLoader("org.springframework.kafka"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsumerLagSampler.class));
    }

    private void send(int partition, int records) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < records; i++) producer.send(new ProducerRecord<>(topic, partition, "k", "v"));
        }
    }

    private void commit(Admin admin, String group, Map<Integer, Long> offsets) throws Exception {
        for (Map.Entry<Integer, Long> offset : offsets.entrySet())
            admin.alterConsumerGroupOffsets(
                            group,
                            Map.of(
                                    new TopicPartition(topic, offset.getKey()),
                                    new OffsetAndMetadata(offset.getValue())))
                    .all()
                    .get(10, TimeUnit.SECONDS);
    }

    private Collection<Gauge> gauges() {
        return meters.find("outbox.kafka.consumer.lag").gauges();
    }

    private double lag(String group, int partition) {
        Gauge gauge = meters.find("outbox.kafka.consumer.lag")
                .tags("group", group, "topic", topic, "partition", String.valueOf(partition))
                .gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }
}
