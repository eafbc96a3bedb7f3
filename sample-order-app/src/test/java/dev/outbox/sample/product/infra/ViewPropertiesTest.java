package dev.outbox.sample.product.infra;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ViewPropertiesTest {
    @Test
    void an_interval_out_of_bounds_is_refused() {
        assertThatThrownBy(() -> new ViewProperties(Duration.ZERO))
                .hasMessage("sample.views.flush-interval must be between 10 ms and 10 minutes, not PT0S.");
        assertThatThrownBy(() -> new ViewProperties(Duration.ofHours(1)))
                .hasMessage("sample.views.flush-interval must be between 10 ms and 10 minutes, not PT1H.");
    }
}
