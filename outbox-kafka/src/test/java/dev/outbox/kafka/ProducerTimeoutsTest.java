package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducerTimeoutsTest {
    private static final Duration SEND = Duration.ofSeconds(30);

    @Test
    void what_the_application_has_not_set_is_derived_from_the_send_time_out() {
        assertThat(ProducerTimeouts.of(Map.of(), SEND))
                .isEqualTo(new ProducerTimeouts(10_000, 10_000, 15_000, 1, SEND));
    }

    @Test
    void what_the_application_has_set_is_kept() {
        Map<String, Object> application = Map.of(
                "max.block.ms", "2000", "request.timeout.ms", 3_000, "delivery.timeout.ms", "20000", "linger.ms", 5);
        assertThat(KafkaEventSender.settings(application, SEND))
                .containsEntry("max.block.ms", 2_000L)
                .containsEntry("request.timeout.ms", 3_000)
                .containsEntry("delivery.timeout.ms", 20_000)
                .containsEntry("linger.ms", 5L);
    }

    @Test
    void a_derived_one_fits_those_that_are_set() {
        assertThat(ProducerTimeouts.of(Map.of("request.timeout.ms", 18_000, "linger.ms", 100), SEND)
                        .delivery())
                .isEqualTo(18_100);
        assertThat(ProducerTimeouts.of(Map.of("delivery.timeout.ms", 4_000), SEND)
                        .request())
                .isEqualTo(3_999);
    }

    @Test
    void a_producer_that_gives_up_after_the_relay_is_refused() {
        new ProducerTimeouts(14_999, 1_000, 15_000, 0, SEND);
        assertThatThrownBy(() -> KafkaEventSender.create(
                        Map.of("bootstrap.servers", "127.0.0.1:1", "delivery.timeout.ms", "20000"), SEND, "/test"))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("The producer's max.block.ms (10000 ms) and delivery.timeout.ms (20000 ms) together are not"
                        + " less than outbox.relay.send-timeout (PT30S): events would be sent again while the producer"
                        + " still tries to send them. Raise outbox.relay.send-timeout (and outbox.relay.lease to twice"
                        + " that), or lower the producer's max.block.ms, delivery.timeout.ms or request.timeout.ms"
                        + " (spring.kafka.producer.properties).");
    }

    @Test
    void time_outs_that_contradict_each_other_are_refused() {
        Map<String, Object> application =
                Map.of("delivery.timeout.ms", 5_000, "request.timeout.ms", 4_000, "linger.ms", 1_001);
        assertThatThrownBy(() -> ProducerTimeouts.of(application, SEND))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("The producer's delivery.timeout.ms (5000 ms) is less than its linger.ms (1001 ms) and"
                        + " request.timeout.ms (4000 ms) together. Raise the one or lower the others"
                        + " (spring.kafka.producer.properties), or leave them out: the outbox derives them from"
                        + " outbox.relay.send-timeout.");
    }

    @Test
    void a_time_out_that_is_no_number_is_named() {
        assertThatThrownBy(() -> KafkaEventSender.create(Map.of("max.block.ms", "soon"), SEND, "/test"))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageContaining("max.block.ms")
                .hasMessageContaining("soon");
    }
}
