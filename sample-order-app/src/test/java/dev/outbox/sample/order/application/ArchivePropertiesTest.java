package dev.outbox.sample.order.application;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArchivePropertiesTest {
    @Test
    void a_time_that_is_negative_is_refused() {
        assertThatThrownBy(() -> new ArchiveProperties(Duration.ofDays(-1), 500))
                .hasMessage("sample.archive.after is PT-24H, but must not be negative");
    }

    @Test
    void a_batch_of_no_order_or_of_very_many_is_refused() {
        assertThatThrownBy(() -> new ArchiveProperties(Duration.ofDays(90), 0))
                .hasMessage("sample.archive.batch-size is 0, but has to be from 1 to 10000");
        assertThatThrownBy(() -> new ArchiveProperties(Duration.ofDays(90), 10_001))
                .hasMessage("sample.archive.batch-size is 10001, but has to be from 1 to 10000");
    }
}
