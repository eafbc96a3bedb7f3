package dev.outbox.inbox.store;

import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code inbox_events}: what each consumer has handled. */
public final class InboxStore {
    /** What the names of the consumer's tables begin with unless something else is said. */
    public static final String DEFAULT_PREFIX = "inbox_";

    private static final int MAX_RESULT = 2000;

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final ManyEvents many;

    /** @param tables with {@value #DEFAULT_PREFIX} or another prefix, but not the outbox's in the same schema */
    public InboxStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.many = new ManyEvents(tables, dialect);
    }

    /** The consumer's tables. */
    public static Schema schema(OutboxTables tables) {
        return new Schema(
                tables,
                "inbox",
                List.of("V1__inbox.sql"),
                List.of(
                        "inbox_events",
                        "inbox_versions",
                        "inbox_dead_letters",
                        "inbox_held_keys",
                        "inbox_audit",
                        "inbox_shedlock"));
    }

    /**
     * Records in the current transaction that a consumer handles an event. While another transaction is handling the same event, this waits for
     * its end: it is a duplicate if that one commits, and not if it rolls back.
     *
     * @param attempts how often it was tried, this time included
     * @return false if there is a row already
     * @throws org.springframework.dao.ConcurrencyFailureException if the database has ended that wait, after its lock time-out or to end a deadlock. The
     *     transaction has to be rolled back, and can be run again.
     */
    public boolean record(String consumer, Delivery delivery, InboxStatus status, int attempts) {
        Map<String, Object> parameters = key(consumer, delivery);
        parameters.put("status", status.name());
        parameters.put("attempts", attempts);
        return dialect.insertUnlessThere(jdbc, """
                INSERT INTO inbox_events (consumer, event_id, replay_id, status, attempts, handled_at)
                VALUES (:consumer, :eventId, :replayId, :status, :attempts, %s)
                """.formatted(dialect.now()), parameters);
    }

    /**
     * Records many events as handled if there is nothing about them to be found out, the cheapest way there is.
     *
     * @param unlessKeysAreHeld whether a consumer that holds any key has to look which
     * @return false if there may be something, and then nothing is recorded: duplicates are to be expected, the consumer holds keys, or this database has no such way
     * @throws RecordedMeanwhileException if some have a row after all. The transaction has to be rolled back, and can be run again: then this returns false.
     */
    public boolean recordAllAsNew(String consumer, Set<Delivery> deliveries, boolean unlessKeysAreHeld) {
        return many.recordAllAsNew(consumer, deliveries, unlessKeysAreHeld);
    }

    /**
     * Records many events as handled, except those that have rows.
     *
     * @return those that have
     * @throws org.springframework.dao.DataAccessException also, on some databases, if another transaction has recorded one of them meanwhile. The transaction has to be rolled back, and can be run again.
     */
    public Set<Delivery> recordUnlessThere(String consumer, Set<Delivery> deliveries) {
        return many.recordUnlessThere(consumer, deliveries);
    }

    /** Which of these have rows that the current transaction sees. */
    public Set<Delivery> recorded(String consumer, Set<Delivery> deliveries) {
        return many.recorded(consumer, deliveries);
    }

    /**
     * Records many events, none of which {@link #recorded} has found.
     *
     * @throws org.springframework.dao.DataAccessException also if another transaction has recorded one of them meanwhile. The transaction has to be rolled back, and can be run again.
     */
    public void recordAll(String consumer, Map<Delivery, InboxStatus> statuses) {
        many.record(consumer, statuses);
    }

    /**
     * Begins work that holds no transaction: it is the caller's until the time is up, even if the caller has died.
     *
     * @return which attempt it is; none if the event has been dealt with, and 0 if somebody else's claim has not ended
     */
    public OptionalInt claim(String consumer, Delivery delivery, Duration claimed) {
        record(consumer, delivery, InboxStatus.FAILED, 0);
        Map<String, Object> parameters = key(consumer, delivery);
        InboxRow row = jdbc.sql("""
                        SELECT status, attempts, CASE WHEN claimed_until > %s THEN 1 ELSE 0 END AS taken FROM inbox_events
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId FOR UPDATE
                        """.formatted(dialect.now()))
                .params(parameters)
                .query((result, n) -> new InboxRow(
                        InboxStatus.valueOf(result.getString("status")),
                        result.getInt("attempts"),
                        result.getInt("taken") == 1))
                .single();
        if (row.status() == InboxStatus.CLAIMED && row.taken()) return OptionalInt.of(0);
        if (row.status() != InboxStatus.CLAIMED && row.status() != InboxStatus.FAILED) return OptionalInt.empty();
        parameters.put("claimed", claimed.toNanos() / 1000);
        jdbc.sql("""
                        UPDATE inbox_events SET status = 'CLAIMED', attempts = attempts + 1, handled_at = %s, claimed_until = %s
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId
                        """.formatted(dialect.now(), dialect.after(":claimed")))
                .params(parameters)
                .update();
        return OptionalInt.of(row.attempts() + 1);
    }

    private record InboxRow(InboxStatus status, int attempts, boolean taken) {}

    /**
     * Ends work that was claimed.
     *
     * @param attempt the claim's; another one's claim is left alone
     * @param result cut after {@value #MAX_RESULT} characters
     * @return false if the claim had run out, and somebody else has begun the work again
     */
    public boolean finish(
            String consumer, Delivery delivery, int attempt, InboxStatus status, @Nullable String result) {
        Map<String, Object> parameters = key(consumer, delivery);
        parameters.put("attempt", attempt);
        parameters.put("status", status.name());
        parameters.put("result", shortened(result));
        return jdbc.sql("""
                        UPDATE inbox_events SET status = :status, result = :result, handled_at = %s, claimed_until = NULL
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId
                          AND status = 'CLAIMED' AND attempts = :attempt
                        """.formatted(dialect.now())).params(parameters).update() == 1;
    }

    /**
     * Records that an event was put aside.
     *
     * @param result cut after {@value #MAX_RESULT} characters
     * @return false if it has been dealt with otherwise
     */
    public boolean putAside(String consumer, Delivery delivery, int attempts, @Nullable String result) {
        record(consumer, delivery, InboxStatus.DEAD_LETTER, attempts);
        Map<String, Object> parameters = key(consumer, delivery);
        parameters.put("attempts", attempts);
        parameters.put("result", shortened(result));
        return jdbc.sql("""
                        UPDATE inbox_events SET status = 'DEAD_LETTER', attempts = :attempts, result = :result, handled_at = %s, claimed_until = NULL
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId
                          AND status IN ('DEAD_LETTER', 'CLAIMED', 'FAILED')
                        """.formatted(dialect.now())).params(parameters).update() == 1;
    }

    /** Forgets that an event was put aside, so that it can be handled. */
    public void takeUp(String consumer, Delivery delivery) {
        jdbc.sql("""
                        DELETE FROM inbox_events
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId AND status = 'DEAD_LETTER'
                        """).params(key(consumer, delivery)).update();
    }

    /**
     * Forgets the events that were dealt with longest ago, except those put aside.
     *
     * @param age how long ago at least
     * @param limit how many at most
     * @return how many
     */
    public int forget(Duration age, int limit) {
        String oldest = "handled_at < (SELECT %s) AND status <> 'DEAD_LETTER' ORDER BY handled_at LIMIT :limit"
                .formatted(dialect.after(":age"));
        return jdbc.sql(dialect.deleteSome("inbox_events", oldest))
                .param("age", -age.toNanos() / 1000)
                .param("limit", limit)
                .update();
    }

    private static @Nullable String shortened(@Nullable String result) {
        return result == null || result.length() <= MAX_RESULT ? result : result.substring(0, MAX_RESULT);
    }

    private Map<String, Object> key(String consumer, Delivery delivery) {
        Map<String, Object> key = new HashMap<>();
        key.put("consumer", consumer);
        key.put("eventId", dialect.id(delivery.eventId()));
        key.put("replayId", delivery.replayId());
        return key;
    }

    /** What is recorded of an event at a consumer: as it came first, and for each replay that had it handled anew. */
    public List<Handling> handlings(String consumer, UUID eventId) {
        return handlings(eventId).stream()
                .filter(handling -> handling.consumer().equals(consumer))
                .toList();
    }

    /** The same of every consumer, by its name. */
    public List<Handling> handlings(UUID eventId) {
        return jdbc.sql("""
                        SELECT consumer, replay_id, status, attempts, result, handled_at FROM inbox_events
                        WHERE event_id = :eventId ORDER BY consumer, handled_at, replay_id
                        """)
                .param("eventId", dialect.id(eventId))
                .query((row, n) -> new Handling(
                        row.getString("consumer"),
                        row.getString("replay_id"),
                        InboxStatus.valueOf(row.getString("status")),
                        row.getInt("attempts"),
                        row.getString("result"),
                        Objects.requireNonNull(dialect.instant(row, "handled_at"))))
                .list();
    }
}
