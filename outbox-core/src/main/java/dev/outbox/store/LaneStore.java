package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of {@code outbox_lanes}, one a lane. All times are the database's, so relays need no synchronised clocks.
 *
 * <p>{@code SKIP LOCKED} is used on lanes, never on events: two relays that share the events of one key could swap them.
 */
public final class LaneStore {
    private final JdbcClient jdbc;
    private final EventStore events;
    private final TransactionTemplate transaction;

    public LaneStore(DataSource dataSource, EventStore events) {
        this.jdbc = JdbcClient.create(dataSource);
        this.events = events;
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    /**
     * The number of lanes: how many rows the table has.
     *
     * @throws OutboxConfigurationException if it has none
     */
    public int count() {
        int lanes = jdbc.sql("SELECT count(*) FROM outbox_lanes")
                .query(Integer.class)
                .single();
        if (lanes > 0) return lanes;
        throw new OutboxConfigurationException(
                "The table outbox_lanes has no rows, but its rows are the lanes.",
                "Insert lanes 0 to 63, as the script that creates it does.");
    }

    /**
     * Claims a free lane that has pending events, the one that was let go the longest ago.
     *
     * @param owner who claims, for operators to read
     * @param lease how long the claim lasts unless it is renewed
     * @return the lease, or empty when there is nothing to do that nobody else is doing
     */
    public Optional<LaneLease> claim(String owner, Duration lease) {
        return transaction.execute(status -> jdbc.sql("""
                        UPDATE outbox_lanes
                        SET token = token + 1, owner = :owner, lease_until = clock_timestamp() + make_interval(secs => :lease)
                        WHERE lane = (
                          SELECT l.lane FROM outbox_lanes l
                          WHERE l.lease_until <= clock_timestamp()
                            AND EXISTS (SELECT 1 FROM outbox_events e WHERE e.lane = l.lane AND e.status = 'PENDING')
                          ORDER BY l.lease_until
                          LIMIT 1
                          FOR UPDATE SKIP LOCKED)
                        RETURNING lane, token
                        """)
                .param("owner", owner)
                .param("lease", seconds(lease))
                .query((row, number) -> new LaneLease(row.getInt("lane"), row.getLong("token")))
                .optional());
    }

    /**
     * Marks what was acknowledged, and says what becomes of the lane, in one transaction that first locks the lane's row and checks the
     * token.
     *
     * @param acknowledged sequence numbers of events that the broker has stored
     * @param leaseFromNow the lane's lease from now on, zero to let it go; null leaves the lease as it is
     * @return false if somebody else has claimed the lane meanwhile: then nothing was changed, and those events will be sent again
     */
    public boolean mark(LaneLease lease, List<Long> acknowledged, @Nullable Duration leaseFromNow) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            if (!(leaseFromNow == null ? lock(lease) : extend(lease, leaseFromNow))) return false;
            if (!acknowledged.isEmpty()) events.markPublished(acknowledged.toArray(Long[]::new));
            return true;
        }));
    }

    private boolean lock(LaneLease lease) {
        return jdbc.sql("SELECT 1 FROM outbox_lanes WHERE lane = :lane AND token = :token FOR UPDATE")
                .param("lane", lease.lane())
                .param("token", lease.token())
                .query(Integer.class)
                .optional()
                .isPresent();
    }

    private boolean extend(LaneLease lease, Duration leaseFromNow) {
        return jdbc.sql("""
                                UPDATE outbox_lanes SET lease_until = clock_timestamp() + make_interval(secs => :lease)
                                WHERE lane = :lane AND token = :token
                                """)
                        .param("lane", lease.lane())
                        .param("token", lease.token())
                        .param("lease", seconds(leaseFromNow))
                        .update()
                == 1;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
