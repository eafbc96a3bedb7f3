package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    @Test
    void is_a_version_7_uuid_of_this_moment() {
        UUID id = EventIds.next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isCloseTo(System.currentTimeMillis(), within(5_000L));
    }

    @Test
    void is_unique() {
        Set<UUID> ids = new HashSet<>();
        for (int i = 0; i < 100_000; i++) assertThat(ids.add(EventIds.next())).isTrue();
    }
}
