package dev.outbox.store;

import dev.outbox.EventStatus;
import dev.outbox.OutboxState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks at the table of events as a whole, and at replays. What it costs is bounded: every count stops at {@value #CAP}, goes along an index that finished events are not in or are apart in, and so does
 * not grow with what was published; of replays there is a row for each that an operator has ever started. A statement that takes longer than 10 s is given up.
 */
public abstract class StateStore {
    /** No count goes further. */
    public static final int CAP = 100_000;

    private static final Duration TIME_OUT = Duration.ofSeconds(10);

    final JdbcClient jdbc;
    final Dialect dialect;
    private final OutboxTables tables;
    private final JdbcTemplate template;
    private final ShortTransaction transaction;

    StateStore(OutboxTables tables, Dialect dialect) {
        this.tables = tables;
        this.dialect = dialect;
        this.template = new JdbcTemplate(tables.dataSource());
        this.template.setQueryTimeout((int) TIME_OUT.toSeconds());
        this.jdbc = tables.jdbc(template);
        this.transaction = new ShortTransaction(tables, dialect);
    }

    /** The state of these tables; for what may throw see {@link Database#of}. */
    public static StateStore of(OutboxTables tables) {
        return Dialect.of(tables).state(tables);
    }

    /**
     * Looks now, in a transaction of its own.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be reached, refuses, or takes too long
     * @throws org.springframework.transaction.TransactionException if no transaction can be begun
     */
    public TableState read() {
        return transaction.run(() -> {
            prepare(template);
            Map<EventStatus, Long> events = new EnumMap<>(EventStatus.class);
            Oldest pending = oldestPending();
            Counted retrying = retrying();
            events.put(EventStatus.PENDING, pending());
            events.put(EventStatus.RETRYING, retrying.number());
            events.put(EventStatus.QUARANTINED, quarantined());
            events.put(EventStatus.BLOCKED, blocked());
            return new TableState(
                    Collections.unmodifiableMap(events),
                    pending.orOlder(retrying.oldest()).age(),
                    replays(),
                    dialect.size(template, tables, "outbox_events"));
        });
    }

    private TableState.Replays replays() {
        return jdbc.sql("""
                        SELECT count(CASE status WHEN 'RUNNING' THEN 1 END) AS running, count(CASE status WHEN 'PAUSED' THEN 1 END) AS paused,
                               coalesce(sum(CASE WHEN expected > sent THEN expected - sent ELSE 0 END), 0) AS remaining
                        FROM outbox_replays WHERE status IN ('RUNNING', 'PAUSED')
                        """)
                .query((row, number) ->
                        new TableState.Replays(row.getLong("running"), row.getLong("paused"), row.getLong("remaining")))
                .single();
    }

    /** The lanes that relays have now. */
    public List<OutboxState.LeasedLane> leasedLanes() {
        return jdbc.sql("SELECT lane, owner, lease_until FROM outbox_lanes WHERE lease_until > %s ORDER BY lane"
                        .formatted(dialect.now()))
                .query((row, number) -> new OutboxState.LeasedLane(
                        row.getInt("lane"),
                        String.valueOf(row.getString("owner")),
                        Objects.requireNonNull(dialect.instant(row, "lease_until"))))
                .list();
    }

    /** Whether there is a {@link TableState#size() size}; not in H2. */
    public boolean tellsSize() {
        return dialect.tellsSize();
    }

    /** What the statements need on their connection until the end of the transaction. */
    void prepare(JdbcTemplate connection) {}

    abstract Oldest oldestPending();

    abstract long pending();

    /** Those that are retried, as far as they are counted. */
    record Counted(long number, @Nullable Instant oldest) {}

    abstract Counted retrying();

    abstract long quarantined();

    abstract long blocked();

    /** When the oldest event was stored, if there is one, and what time it is there. */
    record Oldest(@Nullable Instant stored, Instant now) {
        Oldest orOlder(@Nullable Instant other) {
            return other == null || stored != null && stored.isBefore(other) ? this : new Oldest(other, now);
        }

        Duration age() {
            if (stored == null || stored.isAfter(now)) return Duration.ZERO;
            return Duration.between(stored, now);
        }
    }

    final Oldest oldest(ResultSet row, int number) throws SQLException {
        return new Oldest(dialect.instant(row, "oldest"), Objects.requireNonNull(dialect.instant(row, "asked_at")));
    }

    final Counted counted(ResultSet row, int number) throws SQLException {
        return new Counted(row.getLong("number"), dialect.instant(row, "oldest"));
    }

    /** How many of the rows of a SELECT that ends with {@code LIMIT :cap}. */
    final long number(String select) {
        return jdbc.sql("SELECT count(*) FROM (%s) counted".formatted(select))
                .param("cap", CAP)
                .query(Long.class)
                .single();
    }
}
