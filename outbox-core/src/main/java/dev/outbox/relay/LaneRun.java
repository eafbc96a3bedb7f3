package dev.outbox.relay;

import dev.outbox.relay.RelaySettings.BatchLimits;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.BatchMarking.Marked;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.Candidate;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneMark;
import dev.outbox.tracing.EventMdc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's stay on the lanes that it has claimed together: batch after batch of read, send in waves, mark. A lane is let go when it is empty, when the
 * broker does not answer, or when its turn is over; others may claim it then. No database transaction is open while events are sent.
 *
 * <p>Several lanes share a batch because its cost is its round trips, to the database and to the broker: under a steady trickle of events, lanes one by one would cost
 * them for every event. Each lane has its own lease, floor and order all the same, and may be lost without the others.
 */
final class LaneRun {
    private static final Logger log = LoggerFactory.getLogger(LaneRun.class);

    /** So that lanes which never run empty do not keep a worker from all the others. */
    private static final Duration TURN = Duration.ofSeconds(1);

    private final RelayTools tools;
    private final Duration fullLease;
    private final Deadline turnEnd = Deadline.after(TURN);
    private final Map<Integer, LaneClaim> held = new TreeMap<>();
    private Deadline leaseEnd;
    private boolean lost;
    private boolean more;

    /**
     * A stay on lanes that were just claimed.
     *
     * @param leaseEnd reckoned from before the claim, so that it never lies behind the database's
     */
    LaneRun(RelayTools tools, List<LaneClaim> claims, Deadline leaseEnd) {
        this.tools = tools;
        this.fullLease = tools.settings().timeouts().lease();
        for (LaneClaim claim : claims) held.put(claim.lane(), claim);
        this.leaseEnd = leaseEnd;
    }

    /**
     * Works until there is a reason to leave.
     *
     * @return whether there is more than this worker could take at once, or its own marks have let events go
     */
    boolean drain() {
        BatchSend last = null;
        int busy = 0;
        try {
            while (!held.isEmpty()) {
                tools.meters().busyLanes(held.size() - busy);
                busy = held.size();
                last = next();
                boolean sent = send(last);
                leaveOrGoOn(last, sent && !last.isUnknown() && !turnEnd.passed());
            }
            return more;
        } finally {
            tools.meters().busyLanes(-busy);
            if (last == null) tools.breaker().nothingSent();
            else last.report(tools.breaker());
        }
    }

    private BatchSend next() {
        BatchLimits limits = tools.settings().batch();
        int ofEachLane = (limits.size() + held.size() - 1) / held.size();
        Batch batch =
                new Batch(tools.batches().read(held.values(), ofEachLane, limits.bytes()), ofEachLane, limits.bytes());
        tools.meters().read(batch.candidates().size());
        return new BatchSend(batch, tools);
    }

    /** Sends a batch, and renews the leases on the way; false if it left off because of a stop or a lease. */
    private boolean send(BatchSend sending) {
        for (List<Candidate> wave = sending.nextWave(); !wave.isEmpty(); wave = sending.nextWave()) {
            if (tools.stopping().getAsBoolean()) return false;
            if (renewalDue()) mark(sending, lane -> fullLease);
            if (lost || leaseEnd.passed()) {
                more = true;
                return false;
            }
            sending.sendWave(
                    wave, Deadline.after(tools.settings().timeouts().send()).orSooner(leaseEnd));
        }
        return !tools.stopping().getAsBoolean();
    }

    /** Marks the end of a batch. */
    private void leaveOrGoOn(BatchSend sending, boolean stays) {
        Batch batch = sending.batch();
        more |= held.keySet().stream().anyMatch(batch::isFull);
        Duration rest = sending.isUnknown() ? tools.settings().outage().laneRest() : Duration.ZERO;
        Duration renewal = renewalDue() ? fullLease : null;
        mark(sending, lane -> stays && batch.isFull(lane) ? renewal : rest);
        if (!stays) held.clear();
        held.keySet().removeIf(lane -> !batch.isFull(lane));
    }

    /** Half of the lease is left for the next wave at least. */
    private boolean renewalDue() {
        return leaseEnd.left().compareTo(fullLease.dividedBy(2)) < 0;
    }

    private void mark(BatchSend sending, IntFunction<@Nullable Duration> lease) {
        if (held.isEmpty()) return;
        List<Candidate> acknowledged = sending.acknowledged();
        Map<Integer, BatchMarks> marks = sending.takeMarks();
        Batch batch = sending.batch();
        List<LaneMark> ofLanes = new ArrayList<>();
        held.forEach((lane, claim) -> ofLanes.add(new LaneMark(
                claim,
                batch.reading(),
                batch.isCrowded(lane),
                marks.getOrDefault(lane, BatchMarks.NONE),
                lease.apply(lane))));
        Deadline renewed = Deadline.after(fullLease);
        boolean interrupted =
                Thread.interrupted(); // a connection pool would refuse us, and the acknowledged events with us
        Marked marked = tools.marking().mark(ofLanes);
        if (interrupted) Thread.currentThread().interrupt();
        if (ofLanes.stream().anyMatch(mark -> fullLease.equals(mark.lease()))) leaseEnd = renewed;
        for (LaneMark mark : ofLanes)
            settle(mark, marked.floors().get(mark.claim().lane()));
        tools.meters()
                .published(acknowledged.stream()
                        .filter(event -> marked.floors().containsKey(event.lane()))
                        .toList());
        // dead letters of those in quarantine are events as well
        more |= !marked.quarantined().isEmpty();
        tellOfQuarantine(batch, ofLanes, marked.quarantined());
    }

    private void settle(LaneMark mark, @Nullable LaneFloor floor) {
        LaneClaim claim = mark.claim();
        if (floor != null) {
            held.put(claim.lane(), claim.at(floor));
            // something below the floor is to be sent again or at last
            more |= floor.revision() != claim.floor().revision();
            return;
        }
        held.remove(claim.lane());
        lost = true;
        tools.meters().lostLease();
        log.warn(
                "Lane {} was taken over by another relay before {} acknowledged events were marked; they are sent again, and consumers drop the duplicates.",
                claim.lane(),
                mark.marks().acknowledged().size());
    }

    private void tellOfQuarantine(Batch batch, List<LaneMark> marks, List<Long> quarantined) {
        if (quarantined.isEmpty()) return;
        tools.meters().quarantined(quarantined.size());
        Map<Long, String> errors = new HashMap<>();
        for (LaneMark mark : marks)
            mark.marks().failed().forEach(failure -> errors.put(failure.seq(), failure.error()));
        for (Candidate candidate : batch.candidates()) {
            if (!quarantined.contains(candidate.seq())) continue;
            try (EventMdc mdc = EventMdc.of(candidate.event())) {
                tellOfQuarantine(candidate.event(), String.valueOf(errors.get(candidate.seq())));
            }
        }
    }

    private void tellOfQuarantine(OutboxRecord event, String error) {
        log.error("{} is in quarantine: {}", event, error);
        try {
            tools.quarantineListener().quarantined(event, error);
        } catch (RuntimeException e) {
            log.error("The quarantine listener failed for {}.", event, e);
        }
    }
}
