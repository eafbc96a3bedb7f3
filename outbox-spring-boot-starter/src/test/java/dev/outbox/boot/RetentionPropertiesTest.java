package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RetentionPropertiesTest {
    @Test
    void by_default_events_are_deleted_a_month_after_they_were_published() {
        assertThat(properties(Map.of()).rules())
                .isEqualTo(new RetentionRules(RetentionMode.DELETE, Duration.ofDays(30), null, null, 1_000));
    }

    @Test
    void modes_are_written_as_everything_is() {
        assertThat(properties(Map.of("outbox.retention.mode", "delete-at-once"))
                        .rules()
                        .mode())
                .isEqualTo(RetentionMode.DELETE_AT_ONCE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            published  | 0s    | outbox.retention.published is PT0S. Set it to a positive duration such as 30d.
            archived   | 30d   | outbox.retention.archived is PT720H. Set it to more than outbox.retention.published, PT720H, or leave it out to keep archived events.
            audit      | 0d    | outbox.retention.audit is PT0S. Set it to a positive duration such as 3650d, or leave it out to keep the audit trail.
            chunk-size | 0     | outbox.retention.chunk-size is 0. Set it to a number from 1 to 10000.
            chunk-size | 10001 | outbox.retention.chunk-size is 10001. Set it to a number from 1 to 10000.
            warn-before | 0s   | outbox.retention.warn-before is PT0S. Set it to a positive duration such as 1d.
            table-limit | 0B   | outbox.retention.table-limit is 0B. Set it to a positive size such as 100GB.
            interval   | -1s   | outbox.retention.interval is PT-1S. Set it to a positive duration such as 1h.
            """)
    void what_makes_no_sense_is_named(String key, String value, String message) {
        assertThatThrownBy(() ->
                        properties(Map.of("outbox.retention." + key, value)).rules())
                .satisfies(e -> assertThat(e instanceof OutboxConfigurationException ? e : rootOf(e))
                        .isInstanceOf(OutboxConfigurationException.class)
                        .hasMessage(message));
    }

    /** What is wrong with a property by itself is noticed when it is bound. */
    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    private static RetentionProperties properties(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("outbox.retention", RetentionProperties.class);
    }
}
