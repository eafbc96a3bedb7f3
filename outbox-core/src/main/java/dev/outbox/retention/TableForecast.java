package dev.outbox.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long until a growing table has reached its limit, if it goes on growing as it did in the last hour or more. Thread-safe.
 *
 * <p>A size counts from when it is seen to change, because InnoDB's changes in steps, a tenth of the table each: a step that is told late, or in a moment, would seem to be
 * growth in a moment. The rate is that between two changes at least an hour apart, spread over the time until now, so that it fades when nothing comes any more. Hence there is
 * no forecast in the first hour, nor while a table does not grow.
 */
public final class TableForecast {
    private static final Duration SPAN = Duration.ofHours(1);

    private final long limit;
    private final Clock clock;
    private final Deque<Size> changes = new ArrayDeque<>();
    private @Nullable Size first;

    private record Size(Instant at, long bytes) {}

    /** @param limit in bytes */
    public TableForecast(long limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** Takes the size of now. */
    public synchronized void add(long bytes) {
        Size size = new Size(clock.instant(), bytes);
        if (first == null) first = size;
        Size last = changes.isEmpty() ? first : changes.getLast();
        if (last.bytes() == bytes) return;
        changes.addLast(size);
        while (changes.size() > 2 && isSpanBefore(second(), size)) changes.removeFirst();
    }

    private Size second() {
        return changes.stream().skip(1).findFirst().orElseThrow();
    }

    private static boolean isSpanBefore(Size earlier, Size later) {
        return Duration.between(earlier.at(), later.at()).compareTo(SPAN) >= 0;
    }

    /** The time until the limit is reached, zero if it is; empty while the table does not grow, and as long as it is not known how. */
    public synchronized Optional<Duration> timeToLimit() {
        Size last = changes.isEmpty() ? first : changes.getLast();
        if (last == null) return Optional.empty();
        if (last.bytes() >= limit) return Optional.of(Duration.ZERO);
        Size base = changes.isEmpty() ? last : changes.getFirst();
        if (!isSpanBefore(base, last) || base.bytes() >= last.bytes()) return Optional.empty();
        double millis = Duration.between(base.at(), clock.instant()).toMillis();
        double left = millis * (limit - last.bytes()) / (last.bytes() - base.bytes());
        return Optional.of(Duration.ofMillis((long) left));
    }
}
