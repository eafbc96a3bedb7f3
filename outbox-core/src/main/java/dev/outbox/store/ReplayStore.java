package dev.outbox.store;

import dev.outbox.Replay;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayStatus;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of {@code outbox_replays} as operators and retention see them; {@link ReplayRunStore} has what runs them.
 *
 * <p>A start and a chunk of retention lock the row of {@code outbox_replay_key} and so exclude each other: what is there when a replay starts stays until it was sent.
 */
public final class ReplayStore implements EventsInUse {
    private static final int SECRET_BYTES = 32;

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final ShortTransaction transaction;
    private final MeantEvents events;

    public ReplayStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.transaction = new ShortTransaction(tables, dialect);
        this.events = new MeantEvents(tables, dialect);
    }

    /** What plans are signed with, the same for all processes; drawn when it is asked for the first time. */
    public byte[] secret() {
        byte[] known = known();
        return known != null ? known : transaction.run(this::draw);
    }

    /** Whoever comes second waits for the lock, and finds what the first one has drawn. */
    private byte[] draw() {
        lock();
        byte[] known = known();
        if (known != null) return known;
        byte[] drawn = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(drawn);
        jdbc.sql("UPDATE outbox_replay_key SET secret = :secret")
                .param("secret", drawn)
                .update();
        return drawn;
    }

    private byte @Nullable [] known() {
        return jdbc
                .sql("SELECT secret FROM outbox_replay_key")
                .query((row, number) -> Optional.ofNullable(row.getBytes("secret")))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    /**
     * A replay that is to start; for its parts see {@link Replay}.
     *
     * @param operator who starts it
     */
    public record NewReplay(
            UUID id,
            ReplayPlan plan,
            long upTo,
            Instant shownAt,
            long expected,
            boolean exact,
            ReplayMode mode,
            Set<String> consumers,
            int eventsPerSecond,
            String operator) {}

    /**
     * Starts a replay, unless there is one with its id.
     *
     * @param audit writes down who does it, in the same transaction
     * @return it, or the one that there was
     */
    public Replay start(NewReplay replay, Runnable audit) {
        return transaction.run(() -> {
            lock();
            Optional<Replay> known = find(replay.id());
            if (known.isPresent()) return known.get();
            jdbc.sql("""
                            INSERT INTO outbox_replays (id, plan, up_to, shown_at, expected, exact, replay_mode, consumers, events_per_second, status, checkpoint, operator, started_at)
                            VALUES (:id, :plan, :upTo, :shownAt, :expected, :exact, :mode, :consumers, :rate, 'RUNNING', :checkpoint, :operator, %s)
                            """.formatted(dialect.now()))
                    .param("id", dialect.id(replay.id()))
                    .param("plan", ReplayPlanJson.write(replay.plan()))
                    .param("upTo", replay.upTo())
                    .param("shownAt", dialect.time(replay.shownAt()))
                    .param("expected", replay.expected())
                    .param("exact", replay.exact())
                    .param("mode", replay.mode().name())
                    .param("consumers", names(replay.consumers()))
                    .param("rate", replay.eventsPerSecond())
                    .param("checkpoint", Math.max(0, events.beginning(replay.plan()) - 1))
                    .param("operator", replay.operator())
                    .update();
            audit.run();
            return find(replay.id()).orElseThrow();
        });
    }

    private void lock() {
        jdbc.sql("SELECT id FROM outbox_replay_key FOR UPDATE")
                .query(Long.class)
                .list();
    }

    /** One replay. */
    public Optional<Replay> find(UUID id) {
        return jdbc.sql("SELECT * FROM outbox_replays WHERE id = :id")
                .param("id", dialect.id(id))
                .query(this::replay)
                .optional();
    }

    /** Replays, the latest first. */
    public List<Replay> latest(int size) {
        return jdbc.sql("SELECT * FROM outbox_replays ORDER BY started_at DESC, id DESC LIMIT :size")
                .param("size", size)
                .query(this::replay)
                .list();
    }

    /** Those that are not over, the oldest first. */
    public List<Replay> unfinished() {
        return jdbc.sql("SELECT * FROM outbox_replays WHERE status IN ('RUNNING', 'PAUSED') ORDER BY started_at, id")
                .query(this::replay)
                .list();
    }

    /** Stops a running one for a while. */
    public boolean pause(UUID id, Runnable audit) {
        return change(id, "status = 'PAUSED'", "status = 'RUNNING'", audit);
    }

    /** Lets a paused one go on; it is forgotten why it stood. */
    public boolean resume(UUID id, Runnable audit) {
        return change(id, "status = 'RUNNING', last_error = NULL", "status = 'PAUSED'", audit);
    }

    /** Ends one that is not over. */
    public boolean cancel(UUID id, Runnable audit) {
        return change(
                id,
                "status = 'CANCELLED', finished_at = %s".formatted(dialect.now()),
                "status IN ('RUNNING', 'PAUSED')",
                audit);
    }

    private boolean change(UUID id, String change, String from, Runnable audit) {
        return transaction.run(() -> {
            boolean changed = jdbc.sql("UPDATE outbox_replays SET %s WHERE id = :id AND %s".formatted(change, from))
                            .param("id", dialect.id(id))
                            .update()
                    == 1;
            if (changed) audit.run();
            return changed;
        });
    }

    /** Those behind the checkpoints of replays that are not over. No replay starts before the transaction that has asked ends. */
    @Override
    public Set<Long> among(List<Long> seqs) {
        lock();
        Set<Long> needed = new HashSet<>();
        for (Replay replay : unfinished()) {
            List<Long> ahead = seqs.stream()
                    .filter(seq -> seq > replay.checkpoint() && seq <= replay.upTo())
                    .toList();
            needed.addAll(events.meantOf(Meant.by(replay), ahead));
        }
        return needed;
    }

    private Replay replay(ResultSet row, int number) throws SQLException {
        return new Replay(
                dialect.id(row, "id"),
                ReplayPlanJson.read(row.getString("plan")),
                row.getLong("up_to"),
                Objects.requireNonNull(dialect.instant(row, "shown_at")),
                row.getLong("expected"),
                row.getBoolean("exact"),
                ReplayMode.valueOf(row.getString("replay_mode")),
                names(row.getString("consumers")),
                row.getInt("events_per_second"),
                ReplayStatus.valueOf(row.getString("status")),
                row.getLong("checkpoint"),
                row.getLong("sent"),
                row.getString("last_error"),
                row.getString("operator"),
                Objects.requireNonNull(dialect.instant(row, "started_at")),
                dialect.instant(row, "finished_at"));
    }

    /** No name has a comma. */
    private static String names(Set<String> consumers) {
        return String.join(",", new TreeSet<>(consumers));
    }

    static Set<String> names(String consumers) {
        return consumers.isEmpty() ? Set.of() : Set.of(consumers.split(","));
    }
}
