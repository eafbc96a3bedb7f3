package dev.outbox.inbox.store;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.outbox.store.OutboxTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code inbox_versions}: the latest version of each aggregate that a consumer has applied. */
public final class VersionStore {
    /** Servers limit the parameters of a statement, and each number of rows is a statement of its own. */
    private static final int MOST_ROWS = 100;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final String insert;
    private final String update;

    /** @param tables with {@value InboxStore#DEFAULT_PREFIX} or another prefix */
    public VersionStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.batches = new JdbcTemplate(tables.dataSource());
        this.insert = tables.named(
                "INSERT INTO inbox_versions (aggregate_version, consumer, aggregate_type, aggregate_id) VALUES (?, ?, ?, ?)");
        this.update = tables.named(
                "UPDATE inbox_versions SET aggregate_version = ? WHERE consumer = ? AND aggregate_type = ? AND aggregate_id = ?");
    }

    /**
     * Locks the versions of aggregates until the end of the current transaction.
     *
     * @return without those of which nothing was applied; there is nothing to lock of them
     */
    public Map<AggregateKey, Long> lock(String consumer, Set<AggregateKey> aggregates) {
        Map<AggregateKey, Long> versions = new HashMap<>();
        Map<String, List<String>> ofTypes = aggregates.stream()
                .sorted()
                .collect(groupingBy(
                        AggregateKey::aggregateType, TreeMap::new, mapping(AggregateKey::aggregateId, toList())));
        ofTypes.forEach((type, ids) -> {
            for (int i = 0; i < ids.size(); i += MOST_ROWS)
                lock(consumer, type, ids.subList(i, Math.min(i + MOST_ROWS, ids.size())), versions);
        });
        return versions;
    }

    /** Of one type: with pairs of type and id PostgreSQL may read all versions of the consumer. */
    private void lock(String consumer, String type, List<String> ids, Map<AggregateKey, Long> versions) {
        jdbc.sql("""
                        SELECT aggregate_id, aggregate_version FROM inbox_versions
                        WHERE consumer = :consumer AND aggregate_type = :type AND aggregate_id IN (:ids)
                        ORDER BY aggregate_id FOR UPDATE
                        """)
                .param("consumer", consumer)
                .param("type", type)
                .param("ids", ids)
                .query(row -> {
                    versions.put(
                            new AggregateKey(type, row.getString("aggregate_id")), row.getLong("aggregate_version"));
                });
    }

    /**
     * Writes the versions that are applied in the current transaction.
     *
     * @param before what {@link #lock} has returned in this transaction
     * @throws org.springframework.dao.DataAccessException also if another transaction has applied a first version meanwhile. The transaction has to be rolled back, and can be run again.
     */
    public void write(String consumer, Map<AggregateKey, Long> before, Map<AggregateKey, Long> after) {
        SortedMap<AggregateKey, Long> changed = new TreeMap<>(after);
        changed.entrySet().removeAll(before.entrySet());
        List<Object[]> inserted = new ArrayList<>();
        List<Object[]> updated = new ArrayList<>();
        changed.forEach((key, version) -> (before.containsKey(key) ? updated : inserted)
                .add(new Object[] {version, consumer, key.aggregateType(), key.aggregateId()}));
        if (!inserted.isEmpty()) batches.batchUpdate(insert, inserted);
        if (!updated.isEmpty()) batches.batchUpdate(update, updated);
    }
}
