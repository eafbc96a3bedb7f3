package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's stay on one lane: batch after batch of read, send in waves, mark, until the lane is empty, something is not acknowledged, or the
 * lease is lost.
 *
 * <p>No database transaction is open while events are sent. An event that is not acknowledged in time stays {@code PENDING}, whether the
 * broker has it or not; it and its followers are read again after a rest.
 */
final class LaneRun {
    private static final Logger log = LoggerFactory.getLogger(LaneRun.class);

    private final LaneStore lanes;
    private final EventStore events;
    private final EventSender sender;
    private final RelaySettings settings;
    private final Trouble sendTrouble;
    private final BooleanSupplier stopping;

    private final LaneLease lease;
    private Deadline leaseEnd;
    private final List<Long> toMark = new ArrayList<>();
    private boolean lost;

    /**
     * A stay on a lane that was just claimed.
     *
     * @param leaseEnd reckoned from before the claim, so that it never lies behind the database's
     */
    LaneRun(Tools tools, LaneLease lease, Deadline leaseEnd) {
        this.lanes = tools.lanes;
        this.events = tools.events;
        this.sender = tools.sender;
        this.settings = tools.settings;
        this.sendTrouble = tools.sendTrouble;
        this.stopping = tools.stopping;
        this.lease = lease;
        this.leaseEnd = leaseEnd;
    }

    /**
     * Works until there is a reason to leave.
     *
     * @return the number of batches that came back full: more than this worker could take at once
     */
    int drain() {
        int fullBatches = 0;
        while (true) {
            List<OutboxRecord> batch = events.readPending(lease.lane(), settings.batchSize());
            boolean allAcknowledged = send(batch);
            if (lost) return fullBatches;
            if (allAcknowledged && batch.size() == settings.batchSize() && !stopping.getAsBoolean()) {
                mark(renewalDue() ? settings.lease() : null);
                fullBatches++;
            } else {
                mark(allAcknowledged ? Duration.ZERO : settings.retryDelay());
                return fullBatches;
            }
        }
    }

    /**
     * Sends a batch, and renews the lease on the way.
     *
     * @return whether every event of it was acknowledged, or left alone because of a stop
     */
    private boolean send(List<OutboxRecord> batch) {
        Waves waves = new Waves(batch);
        boolean allAcknowledged = true;
        for (List<OutboxRecord> wave = waves.next(); !wave.isEmpty(); wave = waves.next()) {
            if (stopping.getAsBoolean()) return allAcknowledged;
            if (renewalDue()) mark(settings.lease());
            if (lost || leaseEnd.passed()) return false;
            Set<OutboxRecord> acknowledged =
                    send(wave, Deadline.after(settings.sendTimeout()).orSooner(leaseEnd));
            acknowledged.forEach(event -> toMark.add(event.seq()));
            allAcknowledged &= acknowledged.size() == wave.size();
            waves.settle(acknowledged);
        }
        return allAcknowledged;
    }

    /** Half of the lease is left for the next wave at least. */
    private boolean renewalDue() {
        return leaseEnd.left().compareTo(settings.lease().dividedBy(2)) < 0;
    }

    private void mark(@Nullable Duration leaseFromNow) {
        Deadline renewed = leaseFromNow == null ? leaseEnd : Deadline.after(leaseFromNow);
        boolean interrupted =
                Thread.interrupted(); // a connection pool would refuse us, and the acknowledged events with us
        lost = !lanes.mark(lease, toMark, leaseFromNow);
        if (interrupted) Thread.currentThread().interrupt();
        if (lost) {
            log.warn(
                    "Lane {} was taken over by another relay before {} acknowledged events were marked; they are sent again, and consumers drop the duplicates.",
                    lease.lane(),
                    toMark.size());
        }
        leaseEnd = renewed;
        toMark.clear();
    }

    private Set<OutboxRecord> send(List<OutboxRecord> wave, Deadline end) {
        Map<OutboxRecord, CompletableFuture<?>> underWay = new LinkedHashMap<>();
        for (OutboxRecord event : wave) {
            if (end.passed()) break; // each send may block for a while when the broker is gone
            underWay.put(event, start(event));
        }
        Set<OutboxRecord> acknowledged = new HashSet<>();
        underWay.forEach((event, sending) -> {
            if (acknowledged(event, sending, end)) acknowledged.add(event);
        });
        if (acknowledged.size() == wave.size()) sendTrouble.over();
        return acknowledged;
    }

    private CompletableFuture<?> start(OutboxRecord event) {
        try {
            return sender.send(event).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean acknowledged(OutboxRecord event, CompletableFuture<?> sending, Deadline end) {
        try {
            sending.get(Math.max(0, end.left().toNanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            notSent(event, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            notSent(event, new TimeoutException("no acknowledgement within " + settings.sendTimeout()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the relay's stop has run out of time
        }
        return false;
    }

    private void notSent(OutboxRecord event, Throwable cause) {
        sendTrouble.failed(
                "%s, and perhaps others, stays PENDING and is sent again in %s; later events of its key wait."
                        .formatted(event, settings.retryDelay()),
                cause);
    }

    /** What every run of a relay uses. */
    record Tools(
            LaneStore lanes,
            EventStore events,
            EventSender sender,
            RelaySettings settings,
            Trouble sendTrouble,
            BooleanSupplier stopping) {}
}
