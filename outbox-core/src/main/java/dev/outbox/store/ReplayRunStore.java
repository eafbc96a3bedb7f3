package dev.outbox.store;

import dev.outbox.Replay;
import dev.outbox.ReplayStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of {@code outbox_replays} as what runs them sees them. One process at a time has a replay, by a lease on the database's clock; a token that every claim raises keeps one that has lost it from
 * writing. That is for the sake of the checkpoint, which never goes back; order and completeness do not hang on it.
 */
public final class ReplayRunStore {
    private static final int WINDOW = 50_000;

    /** How many replays that nobody has are looked at. */
    private static final int LOOK = 10;

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final ShortTransaction transaction;
    private final MeantEvents events;
    private final ReplayStore replays;
    private final int window;

    public ReplayRunStore(OutboxTables tables, ReplayStore replays) {
        this(tables, replays, WINDOW);
    }

    /** @param window how many sequence numbers are looked through with one statement */
    public ReplayRunStore(OutboxTables tables, ReplayStore replays, int window) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.transaction = new ShortTransaction(tables, dialect);
        this.events = new MeantEvents(tables, dialect);
        this.replays = replays;
        this.window = window;
    }

    /**
     * The right to run a replay until the lease ends.
     *
     * @param replay as it was when it was claimed
     */
    public record Claim(Replay replay, long token) {}

    private record Free(UUID id, long token) {}

    /** Takes the running replay that nobody has had for the longest time, so that one that stands keeps no other from going on; empty if there is none. */
    public Optional<Claim> claim(String owner, Duration lease) {
        List<Free> free = transaction.read(() -> jdbc.sql(
                        "SELECT id, token FROM outbox_replays WHERE status = 'RUNNING' AND lease_until <= (SELECT %s) ORDER BY lease_until, started_at, id LIMIT :look"
                                .formatted(dialect.now()))
                .param("look", LOOK)
                .query((row, number) -> new Free(dialect.id(row, "id"), row.getLong("token")))
                .list());
        for (Free replay : free) {
            if (claim(replay, owner, lease))
                return replays.find(replay.id()).map(found -> new Claim(found, replay.token() + 1));
        }
        return Optional.empty();
    }

    private boolean claim(Free replay, String owner, Duration lease) {
        return transaction.run(() -> jdbc.sql("""
                        UPDATE outbox_replays SET token = :token + 1, owner = :owner, lease_until = %s
                        WHERE id = :id AND token = :token AND status = 'RUNNING' AND lease_until <= %s
                        """.formatted(dialect.after(":lease"), dialect.now()))
                        .param("token", replay.token())
                        .param("owner", owner)
                        .param("lease", micros(lease))
                        .param("id", dialect.id(replay.id()))
                        .update()
                == 1);
    }

    /**
     * The next events of a replay.
     *
     * @param events by sequence; none if there are none up to {@code to}
     * @param to up to which sequence these are all
     */
    public record Chunk(List<Candidate> events, long to) {}

    private record Size(long seq, long bytes) {}

    /**
     * Reads what is meant behind a sequence, as far as one window goes.
     *
     * @param most how many at most
     * @param maxBytes the payloads together do not exceed this, unless there is only one
     */
    public Chunk read(Replay replay, long after, int most, long maxBytes) {
        boolean byIds = !replay.plan().eventIds().isEmpty();
        long from = byIds ? after + 1 : events.lowestAbove(after);
        if (from == 0 || from > replay.upTo()) return new Chunk(List.of(), replay.upTo());
        long to = byIds ? replay.upTo() : Math.min(from + window - 1, replay.upTo());
        List<Size> found = events.first(
                Meant.by(replay),
                from,
                to,
                most,
                "seq, OCTET_LENGTH(payload) AS bytes",
                (row, number) -> new Size(row.getLong("seq"), row.getLong("bytes")));
        List<Long> seqs = fitting(found, maxBytes);
        boolean all = seqs.size() == found.size() && found.size() < most;
        return new Chunk(events.candidates(seqs), all ? to : seqs.get(seqs.size() - 1));
    }

    private static List<Long> fitting(List<Size> found, long maxBytes) {
        List<Long> seqs = new ArrayList<>();
        long bytes = 0;
        for (Size event : found) {
            bytes += event.bytes();
            if (bytes > maxBytes && !seqs.isEmpty()) break;
            seqs.add(event.seq());
        }
        return seqs;
    }

    /**
     * Where a run stands.
     *
     * @param checkpoint up to which sequence everything that is meant was acknowledged
     * @param sent how many events that is
     * @param error why it stands; null if it does not
     */
    public record Standing(
            long checkpoint, long sent, @Nullable String error) {}

    /**
     * Writes down where a run stands. One that has reached its end is done, unless an operator has stopped it meanwhile.
     *
     * @param lease from now on; zero to let others have it
     * @return the replay's status now; empty if somebody else has it, and nothing was written
     */
    public Optional<ReplayStatus> save(Claim claim, Standing standing, Duration lease) {
        return transaction.run(() -> {
            boolean mine = jdbc.sql("""
                                    UPDATE outbox_replays SET checkpoint = :checkpoint, sent = :sent, last_error = :error, lease_until = %s
                                    WHERE id = :id AND token = :token
                                    """.formatted(dialect.after(":lease")))
                            .param("checkpoint", standing.checkpoint())
                            .param("sent", standing.sent())
                            .param("error", standing.error())
                            .param("lease", micros(lease))
                            .param("id", dialect.id(claim.replay().id()))
                            .param("token", claim.token())
                            .update()
                    == 1;
            if (mine && standing.checkpoint() >= claim.replay().upTo())
                finish(claim.replay().id());
            return mine ? replays.find(claim.replay().id()).map(Replay::status) : Optional.empty();
        });
    }

    private void finish(UUID id) {
        jdbc.sql("UPDATE outbox_replays SET status = 'DONE', finished_at = %s WHERE id = :id AND status = 'RUNNING'"
                        .formatted(dialect.now()))
                .param("id", dialect.id(id))
                .update();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
