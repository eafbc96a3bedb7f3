package dev.outbox.inbox.store;

import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks for and inserts many rows of {@code inbox_events} at a time: with arrays, where there are such, else with lists of parameters. */
final class ManyEvents {
    private static final int MOST_IN_ARRAYS = 1000;

    /** Servers limit the parameters of a statement, and each number of rows is a statement of its own. */
    private static final int MOST_IN_LISTS = 100;

    /** Two transactions that record the same events do so in the same order, so that one waits and neither ends in a deadlock. */
    private static final Comparator<Delivery> ORDER =
            Comparator.comparing(Delivery::eventId).thenComparing(Delivery::replayId);

    private static final String INSERT =
            "INSERT INTO inbox_events (consumer, event_id, replay_id, status, attempts, handled_at) ";

    /** How many batches after a duplicate are not expected to be without. */
    private static final int DOUBTFUL_BATCHES = 100;

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final AtomicInteger doubts = new AtomicInteger();
    private final String row;
    private final String rows;
    private final String rowsAsNew;
    private final String replayedAsNew;
    private final String rowsUnlessThere;

    ManyEvents(OutboxTables tables, Dialect dialect) {
        this.jdbc = tables.jdbc();
        this.dialect = dialect;
        this.row = "(?, ?, ?, ?, 1, %s)".formatted(dialect.now());
        this.rows = INSERT + """
                SELECT :consumer, e.id, e.replay_id, e.status, 1, %s
                FROM unnest(:ids::uuid[], :replayIds::text[], :statuses::text[]) AS e (id, replay_id, status)
                """.formatted(dialect.now());
        this.rowsAsNew = INSERT + """
                SELECT :consumer, e.id, '', 'HANDLED', 1, (SELECT %s) FROM unnest(:ids::uuid[]) AS e (id)
                """.formatted(dialect.now());
        this.replayedAsNew = INSERT + """
                SELECT :consumer, e.id, e.replay_id, 'HANDLED', 1, (SELECT %s)
                FROM unnest(:ids::uuid[], :replayIds::text[]) AS e (id, replay_id)
                """.formatted(dialect.now());
        this.rowsUnlessThere = """
                WITH e AS MATERIALIZED (SELECT * FROM unnest(:ids::uuid[], :replayIds::text[]) AS e (id, replay_id)),
                     inserted AS (INSERT INTO inbox_events (consumer, event_id, replay_id, status, attempts, handled_at)
                                  SELECT :consumer, e.id, e.replay_id, 'HANDLED', 1, %s FROM e
                                  ON CONFLICT DO NOTHING RETURNING event_id, replay_id)
                SELECT e.id AS event_id, e.replay_id FROM e LEFT JOIN inserted i ON i.event_id = e.id AND i.replay_id = e.replay_id
                WHERE i.event_id IS NULL
                """.formatted(dialect.now());
    }

    /**
     * Nearly always none of the events has a row and no key is held. To insert on this assumption takes PostgreSQL two thirds of the work of {@code ON CONFLICT}, and one statement less. A look for
     * rows before would be cheap as well as long as the planner takes the index for it; but a plan that was made while the table was nearly empty reads all of it, batch after batch. A savepoint before
     * would keep the transaction when a row is there, at the price of two more round trips of every batch.
     */
    boolean recordAllAsNew(String consumer, Set<Delivery> deliveries, boolean holdsKeys) {
        if (!dialect.hasArrays() || doubts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) return false;
        boolean replayed =
                deliveries.stream().anyMatch(delivery -> !delivery.replayId().isEmpty());
        List<Delivery> all = inOrder(deliveries);
        JdbcClient.StatementSpec insert =
                jdbc.sql(asNew(replayed, holdsKeys)).param("consumer", consumer).param("ids", ids(all));
        if (replayed) insert = insert.param("replayIds", column(all, Delivery::replayId));
        try {
            return insert.update() > 0;
        } catch (DuplicateKeyException e) {
            doubts.set(DOUBTFUL_BATCHES);
            throw new RecordedMeanwhileException(consumer, e);
        }
    }

    private String asNew(boolean replayed, boolean holdsKeys) {
        return (replayed ? replayedAsNew : rowsAsNew)
                + (holdsKeys ? " WHERE NOT EXISTS (SELECT 1 FROM inbox_held_keys WHERE consumer = :consumer)" : "");
    }

    Set<Delivery> recordUnlessThere(String consumer, Set<Delivery> deliveries) {
        Set<Delivery> there = new HashSet<>();
        if (!dialect.hasArrays()) {
            there.addAll(recorded(consumer, deliveries));
            Map<Delivery, InboxStatus> statuses = new HashMap<>();
            for (Delivery delivery : deliveries) {
                if (!there.contains(delivery)) statuses.put(delivery, InboxStatus.HANDLED);
            }
            record(consumer, statuses);
            return there;
        }
        for (List<Delivery> some : portions(deliveries)) there.addAll(recordThoseNotThere(consumer, some));
        return there;
    }

    /** Where there is one duplicate there are more: records come again after a crash, or because a publisher's relay died. */
    private List<Delivery> recordThoseNotThere(String consumer, List<Delivery> some) {
        List<Delivery> there = jdbc.sql(rowsUnlessThere)
                .param("consumer", consumer)
                .param("ids", ids(some))
                .param("replayIds", column(some, Delivery::replayId))
                .query((row, n) -> new Delivery(dialect.id(row, "event_id"), row.getString("replay_id")))
                .list();
        if (!there.isEmpty()) doubts.set(DOUBTFUL_BATCHES);
        return there;
    }

    Set<Delivery> recorded(String consumer, Collection<Delivery> deliveries) {
        Set<Delivery> found = new HashSet<>();
        for (List<Delivery> some : portions(deliveries)) {
            found.addAll(
                    jdbc.sql("SELECT event_id, replay_id FROM inbox_events WHERE consumer = :consumer AND event_id "
                                    + (dialect.hasArrays() ? "= ANY(:ids::uuid[])" : "IN (:ids)"))
                            .param("consumer", consumer)
                            .param("ids", ids(some))
                            .query((row, n) -> new Delivery(dialect.id(row, "event_id"), row.getString("replay_id")))
                            .list());
        }
        found.retainAll(deliveries);
        return found;
    }

    private Object ids(List<Delivery> deliveries) {
        if (dialect.hasArrays()) return column(deliveries, delivery -> String.valueOf(delivery.eventId()));
        return deliveries.stream()
                .map(Delivery::eventId)
                .distinct()
                .map(dialect::id)
                .toList();
    }

    void record(String consumer, Map<Delivery, InboxStatus> statuses) {
        for (List<Delivery> some : portions(statuses.keySet())) {
            if (dialect.hasArrays()) recordByArrays(consumer, some, statuses);
            else recordByLists(consumer, some, statuses);
        }
    }

    private void recordByArrays(String consumer, List<Delivery> some, Map<Delivery, InboxStatus> statuses) {
        jdbc.sql(rows)
                .param("consumer", consumer)
                .param("ids", ids(some))
                .param("replayIds", column(some, Delivery::replayId))
                .param("statuses", column(some, delivery -> String.valueOf(statuses.get(delivery))))
                .update();
    }

    private void recordByLists(String consumer, List<Delivery> some, Map<Delivery, InboxStatus> statuses) {
        JdbcClient.StatementSpec insert =
                jdbc.sql(INSERT + "VALUES " + String.join(", ", Collections.nCopies(some.size(), row)));
        for (Delivery delivery : some) {
            insert = insert.param(consumer)
                    .param(dialect.id(delivery.eventId()))
                    .param(delivery.replayId())
                    .param(String.valueOf(statuses.get(delivery)));
        }
        insert.update();
    }

    private static String[] column(List<Delivery> deliveries, Function<Delivery, String> property) {
        return deliveries.stream().map(property).toArray(String[]::new);
    }

    private static List<Delivery> inOrder(Collection<Delivery> deliveries) {
        return deliveries.stream().sorted(ORDER).toList();
    }

    private List<List<Delivery>> portions(Collection<Delivery> deliveries) {
        int most = dialect.hasArrays() ? MOST_IN_ARRAYS : MOST_IN_LISTS;
        List<Delivery> all = inOrder(deliveries);
        List<List<Delivery>> portions = new ArrayList<>();
        for (int i = 0; i < all.size(); i += most) portions.add(all.subList(i, Math.min(i + most, all.size())));
        return portions;
    }
}
