package dev.outbox.sample.order.infra;

import dev.outbox.sample.order.domain.ArchivedOrder;
import dev.outbox.sample.order.domain.OrderArchive;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Repository;

/** The archive in the same database: a twin of each of the two tables. The same SQL for PostgreSQL and MySQL. */
@Repository
class JpaOrderArchive implements OrderArchive {
    private final EntityManager entities;

    JpaOrderArchive(EntityManager entities) {
        this.entities = entities;
    }

    @Override
    public Optional<ArchivedOrder> find(UUID id) {
        return Optional.ofNullable(entities.find(ArchivedOrder.class, id));
    }

    @Override
    public int move(Instant closedBefore, int atMost, Instant archivedAt) {
        List<UUID> due = lockDue(closedBefore, atMost);
        if (due.isEmpty()) return 0;
        of(due, """
                INSERT INTO orders_archive (id, user_id, status, total, version, created_at, closed_at, archived_at)
                SELECT id, user_id, status, total, version, created_at, closed_at, :archivedAt FROM orders WHERE id IN (:due)
                """).setParameter("archivedAt", archivedAt).executeUpdate();
        of(due, """
                INSERT INTO order_items_archive (order_id, line, product_id, quantity, unit_price)
                SELECT order_id, line, product_id, quantity, unit_price FROM order_items WHERE order_id IN (:due)
                """).executeUpdate();
        of(due, "DELETE FROM order_items WHERE order_id IN (:due)").executeUpdate();
        of(due, "DELETE FROM orders WHERE id IN (:due)").executeUpdate();
        return due.size();
    }

    @SuppressWarnings("unchecked") // what the query says
    private List<UUID> lockDue(Instant closedBefore, int atMost) {
        return entities.createNativeQuery("""
                        SELECT id FROM orders WHERE closed_at < :closedBefore
                        ORDER BY closed_at LIMIT :atMost FOR UPDATE SKIP LOCKED
                        """, UUID.class)
                .setParameter("closedBefore", closedBefore)
                .setParameter("atMost", atMost)
                .getResultList();
    }

    private Query of(List<UUID> due, String sql) {
        return entities.createNativeQuery(sql).setParameter("due", due);
    }
}
