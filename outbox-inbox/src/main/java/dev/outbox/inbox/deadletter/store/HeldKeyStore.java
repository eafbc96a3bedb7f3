package dev.outbox.inbox.deadletter.store;

import dev.outbox.inbox.EventKey;
import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code inbox_held_keys}: which keys' later events follow to the dead-letter topic. Every method joins the transaction of its caller. */
public final class HeldKeyStore {
    /** A consumer that holds more keys than this is asked for the ones in question only. */
    static final int MOST_LOADED = 1000;

    private static final int MOST_ASKED = 500;
    private static final String OF_KEY =
            "WHERE consumer = :consumer AND aggregate_type = :aggregateType AND aggregate_id = :aggregateId";

    private final JdbcClient jdbc;
    private final Dialect dialect;

    public HeldKeyStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /** Holds a key from now on; its row is locked until the end of the transaction. Does nothing for {@link EventKey#NONE}. */
    public void hold(String consumer, EventKey key) {
        if (!key.isOrdered()) return;
        boolean added = dialect.insertUnlessThere(
                jdbc,
                "INSERT INTO inbox_held_keys (consumer, aggregate_type, aggregate_id, since) VALUES (:consumer, :aggregateType, :aggregateId, %s)"
                        .formatted(dialect.now()),
                DeadLetterStore.key(consumer, key));
        if (!added) lock(consumer, key);
    }

    /**
     * Locks a held key until the end of the transaction. Waits for another transaction that has done so.
     *
     * @return false if it is not held, or no longer
     */
    public boolean lock(String consumer, EventKey key) {
        if (!key.isOrdered()) return false;
        return jdbc.sql("SELECT aggregate_id FROM inbox_held_keys " + OF_KEY + " FOR UPDATE")
                .params(DeadLetterStore.key(consumer, key))
                .query(String.class)
                .optional()
                .isPresent();
    }

    /** Holds a key, which the caller has locked, no longer, unless there are dead letters of it. */
    public void releaseIfEmpty(String consumer, EventKey key) {
        jdbc.sql("DELETE FROM inbox_held_keys " + OF_KEY + " AND NOT EXISTS (SELECT 1 FROM inbox_dead_letters " + OF_KEY
                        + ")")
                .params(DeadLetterStore.key(consumer, key))
                .update();
    }

    /** Which of these keys are held. One statement, unless there are several keys and the consumer holds more than {@value #MOST_LOADED}. */
    public Set<EventKey> heldAmong(String consumer, Collection<EventKey> keys) {
        if (keys.size() < 2) return held(consumer, ordered(keys));
        List<EventKey> all = query(
                "SELECT aggregate_type, aggregate_id FROM inbox_held_keys WHERE consumer = :consumer LIMIT :limit",
                Map.of("consumer", consumer, "limit", MOST_LOADED + 1));
        if (all.isEmpty()) return Set.of();
        Set<EventKey> asked = ordered(keys);
        if (all.size() > MOST_LOADED) return held(consumer, asked);
        asked.retainAll(Set.copyOf(all));
        return asked;
    }

    private static Set<EventKey> ordered(Collection<EventKey> keys) {
        Set<EventKey> ordered = new HashSet<>(keys);
        ordered.remove(EventKey.NONE);
        return ordered;
    }

    private Set<EventKey> held(String consumer, Set<EventKey> asked) {
        Set<String> types = new HashSet<>();
        Set<String> ids = new HashSet<>();
        Set<EventKey> held = new HashSet<>();
        int left = asked.size();
        for (EventKey key : asked) {
            types.add(key.aggregateType());
            ids.add(key.aggregateId());
            if (--left > 0 && ids.size() < MOST_ASKED) continue;
            held.addAll(query("""
                    SELECT aggregate_type, aggregate_id FROM inbox_held_keys
                    WHERE consumer = :consumer AND aggregate_type IN (:types) AND aggregate_id IN (:ids)
                    """, Map.of("consumer", consumer, "types", types, "ids", ids)));
            types.clear();
            ids.clear();
        }
        return held;
    }

    private List<EventKey> query(String sql, Map<String, ?> parameters) {
        return jdbc.sql(sql)
                .params(parameters)
                .query((row, number) -> new EventKey(row.getString("aggregate_type"), row.getString("aggregate_id")))
                .list();
    }
}
