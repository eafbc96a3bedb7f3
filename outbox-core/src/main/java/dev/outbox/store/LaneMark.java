package dev.outbox.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one lane after a batch, or after a part of one.
 *
 * @param claim as the relay knows it
 * @param reading what was read, of this lane and others
 * @param crowded whether most of what was read is late: then what follows is probably late as well, and is parked unread
 * @param marks what became of its events
 * @param lease the lease from now on, zero to let the lane go; null leaves it as it is
 */
public record LaneMark(
        LaneClaim claim,
        Reading reading,
        boolean crowded,
        BatchMarks marks,
        @Nullable Duration lease) {
    int lane() {
        return claim.lane();
    }

    Reading.Seen seen() {
        return reading.of(lane());
    }
}
