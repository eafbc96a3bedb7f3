package dev.outbox.inbox.deadletter.store;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetterImpact;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code inbox_dead_letters}. Every method joins the transaction of its caller. Who adds to an ordered key, or takes from it, holds its lock: {@link HeldKeyStore#lock}. */
public final class DeadLetterStore {
    private static final String ALL = """
            SELECT position, consumer, event_id, replay_id, aggregate_type, aggregate_id, event_type, source_topic, source_partition, source_offset,
                   copy_topic, copy_partition, copy_offset, attempts, error, follower, failed_at FROM inbox_dead_letters
            """;
    private static final String INSERT = """
            INSERT INTO inbox_dead_letters (consumer, event_id, replay_id, aggregate_type, aggregate_id, event_type, source_topic, source_partition,
                                            source_offset, copy_topic, copy_partition, copy_offset, attempts, error, follower, failed_at)
            VALUES (:consumer, :eventId, :replayId, :aggregateType, :aggregateId, :eventType, :sourceTopic, :sourcePartition, :sourceOffset,
                    :copyTopic, :copyPartition, :copyOffset, :attempts, :error, :follower, %s)""";
    private static final String OF_KEY =
            "WHERE consumer = :consumer AND aggregate_type = :aggregateType AND aggregate_id = :aggregateId";

    /** Where counting for a {@link DeadLetterImpact} stops. */
    static final int MOST_KEYS = 10_000;

    private static final int MOST_FOLLOWERS = 100_000;

    private final JdbcClient jdbc;
    private final Dialect dialect;

    public DeadLetterStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /** Returns false if the event is there already: the row stays, and points at its first copy. */
    public boolean add(NewDeadLetter letter, boolean follower) {
        Map<String, Object> row = new HashMap<>(key(letter.consumer(), letter.key()));
        row.put("eventId", dialect.id(letter.delivery().eventId()));
        row.put("replayId", letter.delivery().replayId());
        row.put("eventType", letter.eventType());
        put(row, "source", letter.source());
        put(row, "copy", letter.copy());
        row.put("attempts", letter.attempts());
        row.put("error", letter.error());
        row.put("follower", follower);
        return dialect.insertUnlessThere(jdbc, INSERT.formatted(dialect.now()), row);
    }

    private static void put(Map<String, Object> row, String name, RecordPosition position) {
        row.put(name + "Topic", position.topic());
        row.put(name + "Partition", position.partition());
        row.put(name + "Offset", position.offset());
    }

    /** Returns false if it is there no longer: somebody else was quicker. */
    public boolean remove(DeadLetter letter) {
        return jdbc.sql("DELETE FROM inbox_dead_letters WHERE position = :position")
                        .param("position", letter.position())
                        .update()
                == 1;
    }

    /** Notes that it has failed once more. */
    public void failedAgain(DeadLetter letter, String error) {
        jdbc.sql("""
                        UPDATE inbox_dead_letters SET attempts = attempts + 1, error = :error, failed_at = %s
                        WHERE position = :position
                        """.formatted(dialect.now()))
                .param("error", error)
                .param("position", letter.position())
                .update();
    }

    /** Whether it is there. */
    public boolean contains(String consumer, Delivery delivery) {
        return jdbc.sql("""
                        SELECT position FROM inbox_dead_letters
                        WHERE consumer = :consumer AND event_id = :eventId AND replay_id = :replayId
                        """)
                .param("consumer", consumer)
                .param("eventId", dialect.id(delivery.eventId()))
                .param("replayId", delivery.replayId())
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** Of an event, the one that came first. */
    public Optional<DeadLetter> find(String consumer, UUID eventId) {
        return jdbc.sql(ALL + "WHERE consumer = :consumer AND event_id = :eventId ORDER BY position LIMIT 1")
                .param("consumer", consumer)
                .param("eventId", dialect.id(eventId))
                .query(this::letter)
                .optional();
    }

    /** The one of a key that came first. */
    public Optional<DeadLetter> first(String consumer, EventKey key) {
        return jdbc.sql(ALL + OF_KEY + " ORDER BY position LIMIT 1")
                .params(key(consumer, key))
                .query(this::letter)
                .optional();
    }

    /**
     * In the order in which they came.
     *
     * @param after only those behind this position; 0 for the beginning
     * @param limit how many at most
     */
    public List<DeadLetter> list(DeadLetterFilter filter, long after, int limit) {
        return jdbc.sql(ALL + "WHERE consumer = :consumer AND position > :after AND " + conditions(filter)
                        + " ORDER BY position LIMIT :limit")
                .params(parameters(filter))
                .param("after", after)
                .param("limit", limit)
                .query(this::letter)
                .list();
    }

    /** What a redrive of these would touch. */
    public DeadLetterImpact impact(DeadLetterFilter filter) {
        return jdbc.sql("""
                        WITH meant AS (
                          SELECT aggregate_type, aggregate_id, count(*) AS events
                          FROM inbox_dead_letters WHERE consumer = :consumer AND %1$s
                          GROUP BY aggregate_type, aggregate_id LIMIT :keys)
                        SELECT coalesce(sum(events), 0) AS events, count(*) AS key_count,
                               coalesce(sum(CASE WHEN aggregate_type = '' AND aggregate_id = '' THEN 1 ELSE 0 END), 0) AS keyless,
                               (SELECT count(*) FROM (
                                  SELECT d.position FROM meant m
                                    JOIN inbox_held_keys h
                                      ON h.consumer = :consumer AND h.aggregate_type = m.aggregate_type AND h.aggregate_id = m.aggregate_id
                                    JOIN (SELECT consumer, aggregate_type, aggregate_id, position FROM inbox_dead_letters WHERE NOT (%1$s)) d
                                      ON d.consumer = h.consumer AND d.aggregate_type = h.aggregate_type AND d.aggregate_id = h.aggregate_id
                                  LIMIT :followers) f) AS followers
                        FROM meant
                        """.formatted(conditions(filter)))
                .params(parameters(filter))
                .param("keys", MOST_KEYS)
                .param("followers", MOST_FOLLOWERS)
                .query((row, number) -> new DeadLetterImpact(
                        row.getLong("events"),
                        row.getLong("key_count") - row.getLong("keyless"),
                        row.getLong("followers"),
                        row.getLong("key_count") == MOST_KEYS || row.getLong("followers") == MOST_FOLLOWERS))
                .single();
    }

    private static String conditions(DeadLetterFilter filter) {
        List<String> conditions = new ArrayList<>();
        if (filter.topic() != null) conditions.add("source_topic = :topic");
        if (filter.eventType() != null) conditions.add("event_type = :eventType");
        if (filter.aggregateType() != null) conditions.add("aggregate_type = :aggregateType");
        if (filter.aggregateId() != null) conditions.add("aggregate_id = :aggregateId");
        if (!filter.eventIds().isEmpty()) conditions.add("event_id IN (:eventIds)");
        return conditions.isEmpty() ? "1 = 1" : String.join(" AND ", conditions);
    }

    private Map<String, Object> parameters(DeadLetterFilter filter) {
        Map<String, Object> parameters = new HashMap<>(Map.of("consumer", filter.consumer()));
        put(parameters, "topic", filter.topic());
        put(parameters, "eventType", filter.eventType());
        put(parameters, "aggregateType", filter.aggregateType());
        put(parameters, "aggregateId", filter.aggregateId());
        if (!filter.eventIds().isEmpty())
            put(
                    parameters,
                    "eventIds",
                    filter.eventIds().stream().map(dialect::id).toList());
        return parameters;
    }

    private static void put(Map<String, Object> parameters, String name, @Nullable Object value) {
        if (value != null) parameters.put(name, value);
    }

    private DeadLetter letter(ResultSet row, int number) throws SQLException {
        return new DeadLetter(
                row.getLong("position"),
                row.getString("consumer"),
                dialect.id(row, "event_id"),
                row.getString("replay_id"),
                new EventKey(row.getString("aggregate_type"), row.getString("aggregate_id")),
                row.getString("event_type"),
                position(row, "source"),
                position(row, "copy"),
                row.getInt("attempts"),
                row.getString("error"),
                row.getBoolean("follower"),
                Objects.requireNonNull(dialect.instant(row, "failed_at")));
    }

    private static RecordPosition position(ResultSet row, String name) throws SQLException {
        return new RecordPosition(
                row.getString(name + "_topic"), row.getInt(name + "_partition"), row.getLong(name + "_offset"));
    }

    static Map<String, Object> key(String consumer, EventKey key) {
        return Map.of("consumer", consumer, "aggregateType", key.aggregateType(), "aggregateId", key.aggregateId());
    }
}
