package dev.outbox.store;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a person does with quarantined events. Each holds the lane's row lock, so it does not cross a relay's mark. {@code concat(status, '')} is there for the reason of {@code status || ''} in {@link
 * PostgresBatchStore}.
 */
public final class QuarantineStore {
    private final JdbcClient jdbc;
    private final LaneStore lanes;
    private final BatchStore batches;
    private final ShortTransaction transaction;
    private final Dialect dialect;

    public QuarantineStore(OutboxTables tables, LaneStore lanes, BatchStore batches) {
        this.jdbc = tables.jdbc();
        this.lanes = lanes;
        this.batches = batches;
        this.transaction = lanes.transaction;
        this.dialect = Dialect.of(tables);
    }

    private record Place(long seq, int lane, Key key) {}

    /**
     * Lets a quarantined event be sent again, with all its attempts, before the later events of its key.
     *
     * @param ifWon what else belongs into the transaction, if it was in quarantine
     * @return false if it is not in quarantine: somebody else was quicker, or it never was
     */
    public boolean approve(UUID eventId, Runnable ifWon) {
        return decide(
                eventId, "PENDING", ifWon, (place, floor) -> lanes.keep(place.lane(), floor.loweredBelow(place.seq())));
    }

    /**
     * Gives a quarantined event up and lets the later events of its key go. A copy of it that is already under way can still arrive.
     *
     * @param ifWon what else belongs into the transaction, if it was in quarantine
     * @return false if it is not in quarantine: somebody else was quicker, or it never was
     */
    public boolean discard(UUID eventId, Runnable ifWon) {
        return decide(
                eventId,
                "DISCARDED",
                ifWon,
                (place, floor) -> batches.release(place.lane(), place.key(), floor.value())
                        .ifPresent(lowest -> lanes.keep(place.lane(), floor.loweredBelow(lowest))));
    }

    private interface Consequence {
        void of(Place place, LaneFloor floor);
    }

    private boolean decide(UUID eventId, String status, Runnable ifWon, Consequence consequence) {
        return transaction.run(() -> {
            Optional<Place> place = find(eventId);
            if (place.isEmpty()) return false;
            LaneFloor floor = lanes.lock(place.get().lane());
            boolean won = jdbc.sql("""
                                    UPDATE outbox_events SET status = :status, attempts = CASE WHEN :status = 'PENDING' THEN 0 ELSE attempts END
                                    WHERE seq = :seq AND concat(status, '') = 'QUARANTINED'
                                    """)
                            .param("status", status)
                            .param("seq", place.get().seq())
                            .update()
                    == 1;
            if (won) {
                consequence.of(place.get(), floor);
                ifWon.run();
            }
            return won;
        });
    }

    private Optional<Place> find(UUID eventId) {
        return jdbc.sql("SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events WHERE event_id = :eventId")
                .param("eventId", dialect.id(eventId))
                .query((row, number) -> new Place(
                        row.getLong("seq"),
                        row.getInt("lane"),
                        new Key(row.getString("aggregate_type"), row.getString("aggregate_id"))))
                .optional();
    }
}
