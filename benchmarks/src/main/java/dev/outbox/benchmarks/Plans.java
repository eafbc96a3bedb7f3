package dev.outbox.benchmarks;

import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchRules;
import dev.outbox.store.BatchStore;
import dev.outbox.store.Candidate;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneMark;
import dev.outbox.store.LaneStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.PauseStore;
import dev.outbox.store.QuarantineStore;
import dev.outbox.store.Reading;
import dev.outbox.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs the statements of the relay on a table with a history and a backlog, as a relay does, and keeps their plans. */
final class Plans {
    private static final int PUBLISHED = 700_000;
    private static final int PENDING = 300_000;
    private static final int BLOCKED = 100_000;
    private static final int BATCH = 500;
    private static final int LANES = 16;
    private static final Duration LEASE = Duration.ofHours(1);

    private final Table table;
    private final ExplainedDataSource explained;
    private final PlansPage page;
    private final LaneStore lanes;
    private final BatchStore batches;
    private final BatchMarking marking;
    private final QuarantineStore quarantine;
    private final PauseStore pauses;
    private final StateStore states;

    Plans(Table table, ExplainedDataSource explained, PlansPage page) {
        this.table = table;
        this.explained = explained;
        this.page = page;
        OutboxTables tables = OutboxTables.of(explained);
        this.lanes = LaneStore.of(tables);
        this.batches = BatchStore.of(tables, BatchRules.DEFAULT);
        this.marking = new BatchMarking(lanes, batches);
        this.quarantine = new QuarantineStore(tables, lanes, batches);
        this.pauses = new PauseStore(tables);
        this.states = StateStore.of(tables);
    }

    void run() throws SQLException {
        table.fill(PUBLISHED);
        table.publishAll();
        table.add(PENDING);
        relay();
        fail();
        holdBack();
        pollWithNothingToDo();
    }

    private void relay() throws SQLException {
        List<LaneClaim> claims = lanes.claim("plans", LEASE, LANES);
        put("Claim");
        Reading batch = read(claims);
        put("Read");
        marking.mark(marks(claims, batch, Plans::acknowledged, LEASE));
        put("Lock", "Publish", "Change of lanes");
    }

    /** Each event of a batch, and once more each of a topic that is resumed. */
    private void fail() throws SQLException {
        List<LaneClaim> claims = lanes.claim("plans", LEASE, LANES);
        Reading batch = read(claims);
        explained.takePlans();
        marking.mark(marks(claims, batch, Plans::failed, null));
        put("-", "Fail");
        pauses.retryNow(table.topic);
        put("Resume");
    }

    /** Many events of one key behind one in quarantine, which is approved when they are parked. */
    private void holdBack() throws SQLException {
        table.jdbc.update("DELETE FROM outbox_events WHERE status = 'RETRYING'");
        table.fillBlockedKey(BLOCKED);
        Place first = table.jdbc.queryForObject(
                "SELECT lane, seq, event_id FROM outbox_events WHERE status = 'QUARANTINED'",
                (row, number) -> new Place(row.getInt(1), row.getLong(2), row.getObject(3, UUID.class)));
        table.jdbc.update(
                "UPDATE outbox_lanes SET lease_until = to_timestamp(0), floor = 0, high = NULL, horizon = NULL");
        LaneClaim claim = lanes.claim("plans", LEASE, 64).stream()
                .filter(one -> one.lane() == first.lane())
                .findFirst()
                .orElseThrow();
        LaneFloor behind = new LaneFloor(first.seq(), null, null, claim.floor().revision());
        List<LaneClaim> claims = List.of(claim.at(behind));
        Reading batch = read(claims);
        explained.takePlans();
        marking.mark(marks(claims, batch, Plans::late, null));
        put("-", "Park", "Park what follows");
        while (!batch.candidates().isEmpty()) {
            batch = read(claims);
            marking.mark(marks(claims, batch, Plans::late, null));
        }
        explained.takePlans();
        states.read();
        put(
                "-",
                "State: oldest",
                "State: retries",
                "State: pending",
                "State: quarantine",
                "State: blocked",
                "State: replays",
                "-");
        new OperatorPlans(table.jdbc, explained, page).run();

        quarantine.approve(first.eventId(), () -> {});
        put("-", "-", "Approve", "-");
        Reading beside = read(claims);
        put("Read beside blocked events");
        BatchMarks sent = acknowledged(List.of(first.seq()));
        marking.mark(List.of(new LaneMark(claim, beside, false, sent, null)));
        put("-", "Publish before blocked events", "Release", "-");
    }

    private record Place(int lane, long seq, UUID eventId) {}

    private void pollWithNothingToDo() throws SQLException {
        table.jdbc.update(
                "UPDATE outbox_events SET status = 'PUBLISHED', next_attempt_at = NULL WHERE status <> 'PUBLISHED'");
        table.jdbc.update(
                "UPDATE outbox_lanes SET lease_until = to_timestamp(0), floor = 0, high = NULL, horizon = NULL");
        String buffers =
                "floors at 0, first poll:       %s\nfloors at 0, second poll:      %s".formatted(poll(), poll());
        table.jdbc.update("UPDATE outbox_lanes SET floor = (SELECT max(seq) FROM outbox_events)");
        buffers += "\nfloors at the end:             %s".formatted(poll());
        table.jdbc.execute("VACUUM outbox_events, outbox_lanes");
        buffers += "\nfloors at the end, VACUUM:     %s".formatted(poll());
        page.put("A poll with nothing to do", buffers);
    }

    private String poll() throws SQLException {
        if (!lanes.claim("plans", LEASE, LANES).isEmpty()) throw new IllegalStateException("there was work");
        return explained
                .takePlans()
                .get(0)
                .lines()
                .filter(line -> line.contains("Buffers:"))
                .findFirst()
                .orElseThrow()
                .strip();
    }

    private Reading read(List<LaneClaim> claims) {
        return batches.read(claims, (BATCH + claims.size() - 1) / claims.size(), Long.MAX_VALUE);
    }

    private void put(String... names) throws SQLException {
        page.put(explained.takePlans(), names);
    }

    private static BatchMarks acknowledged(List<Long> seqs) {
        return new BatchMarks(seqs, List.of(), List.of());
    }

    private static BatchMarks failed(List<Long> seqs) {
        return new BatchMarks(
                List.of(),
                seqs.stream()
                        .map(seq -> new BatchMarks.Failure(seq, true, Duration.ofMinutes(5), "refused"))
                        .toList(),
                List.of());
    }

    private static BatchMarks late(List<Long> seqs) {
        return new BatchMarks(List.of(), List.of(), seqs);
    }

    private static List<LaneMark> marks(
            List<LaneClaim> claims, Reading batch, Function<List<Long>, BatchMarks> outcome, @Nullable Duration lease) {
        return claims.stream()
                .map(claim -> {
                    List<Long> seqs = batch.candidates().stream()
                            .filter(candidate -> candidate.lane() == claim.lane())
                            .map(Candidate::seq)
                            .toList();
                    BatchMarks marks = outcome.apply(seqs);
                    return new LaneMark(claim, batch, !marks.waiting().isEmpty(), marks, lease);
                })
                .toList();
    }
}
