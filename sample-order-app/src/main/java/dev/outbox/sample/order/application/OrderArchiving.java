package dev.outbox.sample.order.application;

import dev.outbox.sample.order.domain.OrderArchive;
import java.time.Instant;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** One chunk of the way into the archive, in one transaction: an order is either here or there, also after a crash. */
@Component
class OrderArchiving {
    private final OrderArchive archive;

    OrderArchiving(OrderArchive archive) {
        this.archive = archive;
    }

    /** Read committed, because MySQL would lock the gaps between the moved rows as well otherwise, which new orders go into. */
    @Transactional(isolation = Isolation.READ_COMMITTED)
    public int moveChunk(Instant closedBefore, int atMost, Instant archivedAt) {
        return archive.move(closedBefore, atMost, archivedAt);
    }
}
