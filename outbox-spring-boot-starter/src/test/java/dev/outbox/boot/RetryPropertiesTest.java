package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.relay.RetryPolicy;
import dev.outbox.relay.RetryRules;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RetryPropertiesTest {
    @Test
    void the_defaults_are_those_of_the_library() {
        assertThat(rules(Map.of())).isEqualTo(RetryRules.DEFAULT);
    }

    @Test
    void an_event_type_takes_what_is_not_its_own_from_all_events() {
        RetryRules rules = rules(Map.of(
                "outbox.retry.max-attempts", "7",
                "outbox.retry.exponential.max-delay", "1m",
                "outbox.retry.event-types.OrderPlaced.max-attempts", "3",
                "outbox.retry.event-types.OrderPlaced.initial-delay", "200ms"));
        assertThat(rules.standard())
                .isEqualTo(new RetryPolicy(7, Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0.1));
        assertThat(rules.byEventType())
                .containsExactly(Map.entry(
                        "OrderPlaced", new RetryPolicy(3, Duration.ofMillis(200), 2, Duration.ofMinutes(1), 0.1)));
    }

    @Test
    void outages_count_if_that_is_asked_for() {
        assertThat(rules(Map.of("outbox.retry.every-failure-counts", "true")).everyFailureCounts())
                .isTrue();
    }

    @Test
    void what_makes_no_ladder_is_named() {
        assertThatThrownBy(() -> rules(Map.of("outbox.retry.max-attempts", "0")))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("outbox.retry.max-attempts is 0. Set it to 1 or more.");
    }

    private static RetryRules rules(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("outbox.retry", RetryProperties.class)
                .rules();
    }
}
