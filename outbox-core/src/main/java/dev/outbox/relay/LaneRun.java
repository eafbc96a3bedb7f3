package dev.outbox.relay;

import dev.outbox.store.BatchMarking.Marked;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.Candidate;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneLease;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's stay on one lane: batch after batch of read, send in waves, mark, until the lane is empty, the broker does not answer, or the lease is
 * lost. No database transaction is open while events are sent.
 */
final class LaneRun {
    private static final Logger log = LoggerFactory.getLogger(LaneRun.class);

    private final RelayTools tools;
    private final Duration fullLease;
    private final LaneLease lease;
    private LaneFloor floor;
    private Deadline leaseEnd;
    private boolean lost;

    /**
     * A stay on a lane that was just claimed.
     *
     * @param leaseEnd reckoned from before the claim, so that it never lies behind the database's
     */
    LaneRun(RelayTools tools, LaneClaim claim, Deadline leaseEnd) {
        this.tools = tools;
        this.fullLease = tools.settings().timeouts().lease();
        this.lease = claim.lease();
        this.floor = claim.floor();
        this.leaseEnd = leaseEnd;
    }

    /**
     * Works until there is a reason to leave.
     *
     * @return whether there was more than this worker could take at once
     */
    boolean drain() {
        BatchSend last = null;
        try {
            for (boolean more = false; ; more = true) {
                last = next();
                boolean sent = send(last);
                if (lost) return more;
                if (!sent || last.isUnknown() || !isFull(last.batch())) {
                    mark(last, last.isUnknown() ? tools.settings().outage().laneRest() : Duration.ZERO);
                    return more;
                }
                mark(last, renewalDue() ? fullLease : null);
                if (lost) return more;
            }
        } finally {
            if (last == null) tools.breaker().nothingSent();
            else last.report(tools.breaker());
        }
    }

    private BatchSend next() {
        RelaySettings settings = tools.settings();
        List<Candidate> batch = tools.batches().read(lease.lane(), floor, settings.batchSize(), settings.batchBytes());
        return new BatchSend(batch, tools.sender(), settings, tools.sendTrouble());
    }

    /** Whether there may be more to read: by the number of events, or by their bytes, of which one more may have been too many. */
    private boolean isFull(List<Candidate> batch) {
        RelaySettings settings = tools.settings();
        long bytes = batch.stream()
                .mapToLong(candidate -> candidate.event().payload().length)
                .sum();
        return batch.size() >= settings.batchSize() || bytes >= settings.batchBytes() / 2;
    }

    /** Sends a batch, and renews the lease on the way; false if it left off because of a stop or the lease. */
    private boolean send(BatchSend sending) {
        for (List<Candidate> wave = sending.nextWave(); !wave.isEmpty(); wave = sending.nextWave()) {
            if (tools.stopping().getAsBoolean()) return false;
            if (renewalDue()) mark(sending, fullLease);
            if (lost || leaseEnd.passed()) return false;
            sending.sendWave(
                    wave, Deadline.after(tools.settings().timeouts().send()).orSooner(leaseEnd));
        }
        return !tools.stopping().getAsBoolean();
    }

    /** Half of the lease is left for the next wave at least. */
    private boolean renewalDue() {
        return leaseEnd.left().compareTo(fullLease.dividedBy(2)) < 0;
    }

    private void mark(BatchSend sending, @Nullable Duration leaseFromNow) {
        BatchMarks marks = sending.takeMarks();
        Deadline renewed = leaseFromNow == null ? leaseEnd : Deadline.after(leaseFromNow);
        boolean interrupted =
                Thread.interrupted(); // a connection pool would refuse us, and the acknowledged events with us
        Optional<Marked> marked = tools.marking().mark(lease, floor, sending.seen(), marks, leaseFromNow);
        if (interrupted) Thread.currentThread().interrupt();
        lost = marked.isEmpty();
        if (lost) {
            log.warn(
                    "Lane {} was taken over by another relay before {} acknowledged events were marked; they are sent again, and consumers drop the duplicates.",
                    lease.lane(),
                    marks.acknowledged().size());
            return;
        }
        leaseEnd = renewed;
        floor = marked.get().floor();
        tellOfQuarantine(sending, marks, marked.get().quarantined());
    }

    private void tellOfQuarantine(BatchSend sending, BatchMarks marks, List<Long> quarantined) {
        if (quarantined.isEmpty()) return;
        Map<Long, String> errors = new HashMap<>();
        marks.failed().forEach(failure -> errors.put(failure.seq(), failure.error()));
        for (Candidate candidate : sending.batch()) {
            if (!quarantined.contains(candidate.event().seq())) continue;
            String error = String.valueOf(errors.get(candidate.event().seq()));
            log.error("{} is in quarantine: {}", candidate.event(), error);
            try {
                tools.quarantineListener().quarantined(candidate.event(), error);
            } catch (RuntimeException e) {
                log.error("The quarantine listener failed for {}.", candidate.event(), e);
            }
        }
    }
}
