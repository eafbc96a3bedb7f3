package dev.outbox.store;

import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.BatchStore.BlockedKey;
import dev.outbox.store.BatchStore.Quarantined;
import dev.outbox.store.LaneStore.LaneChange;
import dev.outbox.store.Reading.Seen;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The mark: what became of a batch, and what becomes of its lanes, in one transaction that first locks the rows of the lanes and checks their tokens.
 * The fence and the conditions on the rows cover for each other; without both, a stale failure would bring a discarded event back.
 */
public final class BatchMarking {
    private final LaneStore lanes;
    private final BatchStore batches;
    private final ShortTransaction transaction;
    private final EventStore.Insert insert;
    private final @Nullable DeadLetters deadLetters;

    /** With the stores of the same tables, and without dead letters. */
    public BatchMarking(LaneStore lanes, BatchStore batches) {
        this(lanes, batches, null);
    }

    /**
     * With the stores of the same tables.
     *
     * @param deadLetters what is stored for each event that goes to quarantine, in the transaction that puts it there; null for nothing
     */
    public BatchMarking(LaneStore lanes, BatchStore batches, @Nullable DeadLetters deadLetters) {
        this.lanes = lanes;
        this.batches = batches;
        this.transaction = lanes.transaction;
        this.insert = batches.dialect.insert(lanes.tables);
        this.deadLetters = deadLetters;
    }

    /** Makes the event that tells of one in quarantine. It belongs to another key, so that neither waits for the other. */
    @FunctionalInterface
    public interface DeadLetters {
        /** Null if this one is not told of. */
        @Nullable
        NewEvent of(Candidate quarantined, Failure failure);
    }

    /**
     * A mark that was made.
     *
     * @param floors of the lanes that were still ours, from now on. A lane that is missing was claimed by somebody else meanwhile: nothing of it was
     *     changed, and what was acknowledged is sent again
     * @param quarantined the sequences that this mark has put into quarantine
     */
    public record Marked(Map<Integer, LaneFloor> floors, List<Long> quarantined) {}

    /** A lane that is still ours, and its floor as the mark goes on. */
    private static final class Lane {
        final LaneMark mark;
        final LaneFloor row;
        LaneFloor floor;

        Lane(LaneMark mark, LaneFloor row, long transactionId) {
            this.mark = mark;
            this.row = row;
            Seen seen = mark.seen();
            this.floor = mark.claim().floor().raisedBy(seen).confirmedBy(row).remembering(seen, transactionId);
        }

        /** An event that was committed late is found below the floor. */
        void lowerBelow(long pendingSeq) {
            if (pendingSeq <= floor.value()) floor = floor.loweredBelow(pendingSeq);
        }

        /** A floor that has only risen may stay in memory until the lease is written; one that was lowered is written at once. */
        boolean isToBeWritten() {
            return mark.lease() != null || floor.revision() != row.revision();
        }
    }

    /** Marks what was read of several lanes. Each lane stands for itself: that one of them is lost changes nothing for the others. */
    public Marked mark(Collection<LaneMark> marks) {
        return transaction.run(() -> {
            LaneStore.Locked locked =
                    lanes.lock(marks.stream().map(mark -> mark.claim().lease()).toList());
            Map<Integer, Lane> ours = new TreeMap<>();
            for (LaneMark mark : marks) {
                LaneFloor row = locked.floors().get(mark.lane());
                if (row != null) ours.put(mark.lane(), new Lane(mark, row, locked.transactionId()));
            }
            return ours.isEmpty() ? new Marked(Map.of(), List.of()) : mark(ours);
        });
    }

    private Marked mark(Map<Integer, Lane> ours) {
        Set<BlockedKey> blocked = new LinkedHashSet<>(batches.publish(all(ours, BatchMarks::acknowledged)));
        List<Quarantined> quarantined = batches.fail(all(ours, BatchMarks::failed));
        blocked.addAll(batches.freedBy(quarantined));
        batches.park(all(ours, BatchMarks::waiting))
                .forEach((number, pending) ->
                        Objects.requireNonNull(ours.get(number)).lowerBelow(pending));
        ours.forEach((number, lane) -> {
            if (lane.mark.crowded()) batches.parkAfter(number, lane.mark.seen().highest());
        });
        for (BlockedKey key : blocked) {
            Lane lane = Objects.requireNonNull(ours.get(key.lane()));
            batches.release(key.lane(), key.key(), lane.floor.value())
                    .ifPresent(lowest -> lane.floor = lane.floor.loweredBelow(lowest));
        }
        insertDeadLetters(ours, quarantined);
        lanes.change(ours.values().stream()
                .filter(Lane::isToBeWritten)
                .map(lane -> new LaneChange(lane.mark.lane(), lane.floor, lane.mark.lease()))
                .toList());
        Map<Integer, LaneFloor> floors = new HashMap<>();
        ours.forEach((number, lane) -> floors.put(number, lane.floor));
        return new Marked(floors, quarantined.stream().map(Quarantined::seq).toList());
    }

    /**
     * The transaction has its id since the lanes were locked, so for the floor of the lane where a dead letter lies it is a publisher's; and it waits for no
     * further row.
     */
    private void insertDeadLetters(Map<Integer, Lane> ours, List<Quarantined> quarantined) {
        if (deadLetters == null || quarantined.isEmpty()) return;
        Map<Long, Failure> failures = new HashMap<>();
        for (Failure failure : all(ours, BatchMarks::failed)) failures.put(failure.seq(), failure);
        Map<Long, Candidate> read = new HashMap<>();
        for (Lane lane : ours.values())
            for (Candidate candidate : lane.mark.reading().candidates()) read.put(candidate.seq(), candidate);
        List<NewEvent> letters = quarantined.stream()
                .map(Quarantined::seq)
                .sorted()
                .map(seq -> deadLetters.of(
                        Objects.requireNonNull(read.get(seq)), Objects.requireNonNull(failures.get(seq))))
                .filter(Objects::nonNull)
                .toList();
        if (!letters.isEmpty()) insert.insert(letters);
    }

    private static <T> List<T> all(Map<Integer, Lane> lanes, Function<BatchMarks, List<T>> part) {
        return lanes.values().stream()
                .flatMap(lane -> part.apply(lane.mark.marks()).stream())
                .toList();
    }
}
