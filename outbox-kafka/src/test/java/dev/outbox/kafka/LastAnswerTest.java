package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LastAnswerTest {
    private final LastAnswer lastAnswer = new LastAnswer();

    @Test
    void a_producer_that_was_never_answered_has_no_answer() {
        assertThat(lastAnswer.lateIn(Duration.ofHours(1), withoutMetadata())).isFalse();
    }

    @Test
    void an_acknowledgement_is_an_answer_if_it_came_in_the_second_half_of_the_wait() {
        lastAnswer.acknowledged();
        assertThat(lastAnswer.lateIn(Duration.ofSeconds(20), withoutMetadata())).isTrue();
        await().until(() -> !lastAnswer.lateIn(Duration.ofMillis(3_000), withoutMetadata()));
        assertThat(lastAnswer.lateIn(Duration.ofSeconds(20), withoutMetadata())).isTrue();
    }

    @Test
    void metadata_are_an_answer_as_well() {
        MockProducer<byte[], byte[]> producer = withoutMetadata();
        MetricName age = new MetricName("metadata-age", "producer-metrics", "", Map.of());
        producer.setMockMetrics(age, new Metric() {
            @Override
            public MetricName metricName() {
                return age;
            }

            @Override
            public Object metricValue() {
                return 4.0;
            }
        });
        assertThat(lastAnswer.lateIn(Duration.ofMillis(8_001), producer)).isTrue();
        assertThat(lastAnswer.lateIn(Duration.ofMillis(8_000), producer)).isFalse();
    }

    private static MockProducer<byte[], byte[]> withoutMetadata() {
        return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
