package dev.outbox.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TableForecastTest {
    private static final long MEGABYTE = 1_000_000;
    private static final long LIMIT = 1_000 * MEGABYTE;

    private final TestClock clock = new TestClock();
    private final TableForecast forecast = new TableForecast(LIMIT, clock);

    @Test
    void a_table_that_grows_evenly_reaches_its_limit_at_that_rate() {
        grow(100 * MEGABYTE, MEGABYTE, Duration.ofHours(3));
        assertThat(forecast.timeToLimit()).contains(Duration.ofMinutes(5).multipliedBy(900 - 36));
    }

    /** What a start, or a single burst, says nothing about. */
    @Test
    void in_the_first_hour_there_is_no_forecast() {
        grow(100 * MEGABYTE, MEGABYTE, Duration.ofHours(1));
        assertThat(forecast.timeToLimit()).isEmpty();
    }

    @Test
    void a_table_that_grows_faster_is_noticed_within_the_hour() {
        grow(100 * MEGABYTE, MEGABYTE, Duration.ofHours(3));
        grow(136 * MEGABYTE, 10 * MEGABYTE, Duration.ofMinutes(70));
        assertThat(forecast.timeToLimit())
                .contains(Duration.ofMinutes(5).multipliedBy(1000 - 136 - 140).dividedBy(10));
    }

    @Test
    void growth_that_has_ended_fades() {
        grow(100 * MEGABYTE, MEGABYTE, Duration.ofHours(3));
        Duration before = forecast.timeToLimit().orElseThrow();
        for (int i = 0; i < 12; i++) add(136 * MEGABYTE);
        assertThat(forecast.timeToLimit()).contains(before.multipliedBy(2));
    }

    @Test
    void a_table_that_shrinks_or_stays_has_no_forecast() {
        add(500 * MEGABYTE);
        assertThat(forecast.timeToLimit()).isEmpty();
        for (int i = 0; i < 30; i++) add(500 * MEGABYTE);
        assertThat(forecast.timeToLimit()).isEmpty();
        grow(500 * MEGABYTE, -MEGABYTE, Duration.ofHours(2));
        assertThat(forecast.timeToLimit()).isEmpty();
    }

    /** As InnoDB tells it: nothing for ten hours, and then a tenth of the table. */
    @Test
    void a_size_that_is_told_in_steps_is_no_sudden_growth() {
        long size = 500 * MEGABYTE;
        for (int i = 0; i < 12; i++) add(size);
        size += 50 * MEGABYTE;
        for (int i = 0; i < 120; i++) {
            add(size);
            assertThat(forecast.timeToLimit()).as("after one step").isEmpty();
        }
        size += 50 * MEGABYTE;
        add(size);
        assertThat(forecast.timeToLimit()).contains(Duration.ofHours(10).multipliedBy(8));
    }

    @Test
    void a_limit_that_is_reached_is_no_time_away() {
        add(LIMIT);
        assertThat(forecast.timeToLimit()).contains(Duration.ZERO);
    }

    @Test
    void without_a_size_there_is_no_forecast() {
        assertThat(forecast.timeToLimit()).isEmpty();
    }

    private void grow(long from, long by, Duration time) {
        for (long i = 1; i <= time.dividedBy(Duration.ofMinutes(5)); i++) add(from + i * by);
    }

    /** Every five minutes. */
    private void add(long bytes) {
        clock.now = clock.now.plus(Duration.ofMinutes(5));
        forecast.add(bytes);
    }

    private static final class TestClock extends Clock {
        private Instant now = Instant.parse("2026-11-27T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
