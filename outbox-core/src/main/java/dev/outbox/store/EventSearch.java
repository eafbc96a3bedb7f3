package dev.outbox.store;

import static java.util.stream.Collectors.joining;

import dev.outbox.EventFilter;
import dev.outbox.EventPage;
import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.Impact;
import dev.outbox.QuarantineGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What operators look for in {@code outbox_events}. Published events have no index but those of sequence and id, since each would be paid for by every publish: they are looked through in windows of
 * 50,000 sequence numbers, four of them at most in one call. Events that are held are found by the index that relays have for them; {@code seq + 0} in an ORDER BY keeps the planner from the primary key,
 * past all published events, for their sake.
 */
public final class EventSearch {
    private static final int WINDOW = 50_000;
    private static final int MOST_WINDOWS = 4;
    private static final int MOST_GROUPS = 100;

    /** Where counting for an {@link Impact} stops. */
    static final int MOST_KEYS = 10_000;

    private static final int MOST_FOLLOWERS = 100_000;
    private static final Set<EventStatus> HELD =
            EnumSet.of(EventStatus.RETRYING, EventStatus.QUARANTINED, EventStatus.BLOCKED);

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final int window;

    public EventSearch(OutboxTables tables) {
        this(tables, WINDOW);
    }

    /** @param window how many sequence numbers are looked through with one statement */
    public EventSearch(OutboxTables tables, int window) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.window = window;
    }

    /** Some of the events that match, the latest first. */
    public EventPage find(EventFilter filter, long before, int size) {
        if (filter.eventId() != null) return named(filter, before);
        if (!filter.statuses().isEmpty() && HELD.containsAll(filter.statuses())) return held(filter, before, size);
        List<EventState> found = new ArrayList<>();
        long looked = before;
        for (int i = 0; i < MOST_WINDOWS && found.size() < size; i++) {
            long to = highestBefore(looked);
            if (to == 0) return new EventPage(found, null);
            looked = to - window + 1;
            found.addAll(matching(filter, looked, to, size - found.size()));
        }
        long next = found.size() == size ? found.get(size - 1).seq() : looked;
        return new EventPage(found, highestBefore(next) == 0 ? null : next);
    }

    /** Where the next window begins, over whatever gap; 0 if there are no more rows. */
    private long highestBefore(long seq) {
        return jdbc.sql("SELECT coalesce(max(seq), 0) FROM outbox_events WHERE seq < :seq")
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    private List<EventState> matching(EventFilter filter, long first, long last, int size) {
        return jdbc.sql(
                        "SELECT %s FROM outbox_events WHERE seq BETWEEN :first AND :last%s ORDER BY seq DESC LIMIT :size"
                                .formatted(EventStore.STATE, conditions(filter)))
                .params(parameters(filter))
                .param("first", first)
                .param("last", last)
                .param("size", size)
                .query((row, number) -> EventStore.state(dialect, row))
                .list();
    }

    /** Its id has an index, so wherever it is there are no windows to look through. */
    private EventPage named(EventFilter filter, long before) {
        return new EventPage(
                jdbc.sql("SELECT %s FROM outbox_events WHERE seq + 0 < :before%s"
                                .formatted(EventStore.STATE, conditions(filter)))
                        .params(parameters(filter))
                        .param("before", before)
                        .query((row, number) -> EventStore.state(dialect, row))
                        .list(),
                null);
    }

    private EventPage held(EventFilter filter, long before, int size) {
        List<EventState> found = jdbc.sql(
                        "SELECT %s FROM outbox_events %s WHERE seq < :before%s ORDER BY seq + 0 DESC LIMIT :size"
                                .formatted(EventStore.STATE, dialect.index("waiting"), conditions(filter)))
                .params(parameters(filter))
                .param("before", before)
                .param("size", size)
                .query((row, number) -> EventStore.state(dialect, row))
                .list();
        return new EventPage(
                found, found.size() < size ? null : found.get(size - 1).seq());
    }

    /** What is in quarantine by type and error, the largest groups first. */
    public List<QuarantineGroup> quarantine() {
        return jdbc.sql("""
                        SELECT g.event_type, g.error, g.events, g.key_count, g.failed_at, e.event_id
                        FROM (SELECT event_type, error, sum(events) AS events, count(*) AS key_count, min(failed_at) AS failed_at, min(seq) AS seq
                              FROM (SELECT event_type, LEFT(last_error, %1$d) AS error, aggregate_type, aggregate_id,
                                           count(*) AS events, min(failed_at) AS failed_at, min(seq) AS seq
                                    FROM outbox_events %2$s WHERE status = 'QUARANTINED'
                                    GROUP BY event_type, LEFT(last_error, %1$d), aggregate_type, aggregate_id) k
                              GROUP BY event_type, error ORDER BY sum(events) DESC, min(seq) LIMIT :groups) g
                             JOIN outbox_events e ON e.seq = g.seq
                        ORDER BY g.events DESC, g.seq
                        """.formatted(QuarantineGroup.ERROR_LENGTH, dialect.index("waiting")))
                .param("groups", MOST_GROUPS)
                .query((row, number) -> new QuarantineGroup(
                        row.getString("event_type"),
                        row.getString("error"),
                        row.getLong("events"),
                        row.getLong("key_count"),
                        Objects.requireNonNull(dialect.instant(row, "failed_at")),
                        dialect.id(row, "event_id")))
                .list();
    }

    /** What a decision about the quarantined ones of these events would touch. */
    public Impact impact(EventFilter filter) {
        return jdbc.sql("""
                        WITH quarantined AS (
                          SELECT lane, aggregate_type, aggregate_id, count(*) AS events
                          FROM outbox_events %s WHERE status = 'QUARANTINED'%s
                          GROUP BY lane, aggregate_type, aggregate_id LIMIT :keys)
                        SELECT count(*) AS key_count, coalesce(sum(events), 0) AS events,
                               (SELECT count(*) FROM (
                                  SELECT b.seq FROM quarantined q JOIN outbox_events b
                                    ON b.lane = q.lane AND b.aggregate_type = q.aggregate_type AND b.aggregate_id = q.aggregate_id
                                  WHERE b.status = 'BLOCKED' LIMIT :followers) f) AS followers
                        FROM quarantined
                        """.formatted(dialect.index("waiting"), conditions(filter)))
                .params(parameters(filter))
                .param("keys", MOST_KEYS)
                .param("followers", MOST_FOLLOWERS)
                .query((row, number) -> new Impact(
                        row.getLong("events"),
                        row.getLong("key_count"),
                        row.getLong("followers"),
                        row.getLong("key_count") == MOST_KEYS || row.getLong("followers") == MOST_FOLLOWERS))
                .single();
    }

    /** The ids of quarantined ones of these events, the earliest first. */
    public List<UUID> quarantined(EventFilter filter, int most) {
        return jdbc.sql(
                        "SELECT event_id FROM outbox_events %s WHERE status = 'QUARANTINED'%s ORDER BY seq + 0 LIMIT :most"
                                .formatted(dialect.index("waiting"), conditions(filter)))
                .params(parameters(filter))
                .param("most", most)
                .query((row, number) -> dialect.id(row, "event_id"))
                .list();
    }

    /** States are written out: an index of some of them serves only a statement that names them. */
    private static String conditions(EventFilter filter) {
        StringBuilder conditions = new StringBuilder();
        if (!filter.statuses().isEmpty())
            conditions.append(filter.statuses().stream()
                    .map(status -> "'" + status.name() + "'")
                    .sorted()
                    .collect(joining(", ", " AND status IN (", ")")));
        if (filter.eventType() != null) conditions.append(" AND event_type = :eventType");
        if (filter.aggregateType() != null) conditions.append(" AND aggregate_type = :aggregateType");
        if (filter.aggregateId() != null) conditions.append(" AND aggregate_id = :aggregateId");
        if (filter.topic() != null) conditions.append(" AND topic = :topic");
        if (filter.from() != null) conditions.append(" AND created_at >= :from");
        if (filter.until() != null) conditions.append(" AND created_at < :until");
        if (filter.error() != null) conditions.append(" AND POSITION(:error IN last_error) > 0");
        if (filter.eventId() != null) conditions.append(" AND event_id = :eventId");
        return conditions.toString();
    }

    private Map<String, Object> parameters(EventFilter filter) {
        Map<String, Object> parameters = new HashMap<>();
        put(parameters, "eventType", filter.eventType());
        put(parameters, "aggregateType", filter.aggregateType());
        put(parameters, "aggregateId", filter.aggregateId());
        put(parameters, "topic", filter.topic());
        put(parameters, "from", time(filter.from()));
        put(parameters, "until", time(filter.until()));
        put(parameters, "error", filter.error());
        UUID eventId = filter.eventId();
        put(parameters, "eventId", eventId == null ? null : dialect.id(eventId));
        return parameters;
    }

    private @Nullable Object time(@Nullable Instant time) {
        return time == null ? null : dialect.time(time);
    }

    private static void put(Map<String, Object> parameters, String name, @Nullable Object value) {
        if (value != null) parameters.put(name, value);
    }
}
