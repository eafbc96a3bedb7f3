package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Candidate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WavesTest {
    @Test
    void a_wave_has_the_first_event_of_each_key() {
        Waves waves = new Waves(List.of(event(1, "A"), event(2, "A"), event(3, "B"), event(4, "A"), event(5, "B")));
        assertThat(nextAllAcknowledged(waves)).containsExactly(1L, 3L);
        assertThat(nextAllAcknowledged(waves)).containsExactly(2L, 5L);
        assertThat(nextAllAcknowledged(waves)).containsExactly(4L);
        assertThat(waves.next()).isEmpty();
    }

    @Test
    void a_key_whose_event_was_not_acknowledged_is_out_and_the_others_go_on() {
        List<Candidate> batch = List.of(event(1, "A"), event(2, "A"), event(3, "B"), event(4, "B"));
        Waves waves = new Waves(batch);
        waves.settle(Set.of(batch.get(2)));
        assertThat(nextAllAcknowledged(waves)).containsExactly(4L);
        assertThat(waves.next()).isEmpty();
    }

    @Test
    void a_late_event_takes_no_part() {
        Candidate late = new Candidate(event(1, "A").event(), 0, 0, true, true, false);
        assertThat(nextAllAcknowledged(new Waves(List.of(late, event(2, "B"))))).containsExactly(2L);
    }

    @Test
    void keys_of_different_aggregate_types_are_different() {
        Waves waves = new Waves(List.of(event(1, "Order", "A"), event(2, "Customer", "A")));
        assertThat(nextAllAcknowledged(waves)).containsExactly(1L, 2L);
    }

    /** Invariant 1: whatever fails, no event is in a wave before every earlier one of its key was acknowledged. */
    @Test
    void no_event_overtakes_an_unacknowledged_one_of_its_key() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<Candidate> batch = new ArrayList<>();
            for (int i = 0; i < 30; i++) batch.add(event(i, "K" + random.nextInt(5)));
            Waves waves = new Waves(batch);
            Set<Candidate> acknowledged = new HashSet<>();
            for (List<Candidate> wave = waves.next(); !wave.isEmpty(); wave = waves.next()) {
                for (Candidate event : wave) {
                    assertThat(batch)
                            .as("seed %d", seed)
                            .filteredOn(other -> other.event()
                                            .aggregateId()
                                            .equals(event.event().aggregateId())
                                    && other.event().seq() < event.event().seq())
                            .allMatch(acknowledged::contains);
                }
                Set<Candidate> now = new HashSet<>(wave);
                now.removeIf(event -> random.nextInt(4) == 0);
                acknowledged.addAll(now);
                waves.settle(now);
            }
        }
    }

    private static List<Long> nextAllAcknowledged(Waves waves) {
        List<Candidate> wave = waves.next();
        waves.settle(new HashSet<>(wave));
        return wave.stream().map(candidate -> candidate.event().seq()).toList();
    }

    private static Candidate event(long seq, String id) {
        return event(seq, "Order", id);
    }

    private static Candidate event(long seq, String type, String id) {
        OutboxRecord record = new OutboxRecord(
                seq, new UUID(0, seq), type, id, null, "E", "t", "c", new byte[0], Map.of(), null, Instant.EPOCH);
        return new Candidate(record, 0, 0, true, false, false);
    }
}
