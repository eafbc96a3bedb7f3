package dev.outbox.sample.order.application;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Moves orders that were closed long ago out of the way of the others. */
@Service
public class ArchiveOrders {
    private static final Logger log = LoggerFactory.getLogger(ArchiveOrders.class);

    private final OrderArchiving archiving;
    private final ArchiveProperties properties;
    private final Clock clock;

    ArchiveOrders(OrderArchiving archiving, ArchiveProperties properties, Clock clock) {
        this.archiving = archiving;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * Archives all orders that are due, chunk by chunk. What was moved stays so when a later chunk fails; the rest is due the next time.
     *
     * @throws org.springframework.dao.DataAccessException if a chunk fails
     */
    public void run() {
        Instant start = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant closedBefore = start.minus(properties.after());
        int orders = 0;
        int chunks = 0;
        boolean done = false;
        try {
            while (!done) {
                int moved = archiving.moveChunk(closedBefore, properties.batchSize(), start);
                orders += moved;
                chunks += moved == 0 ? 0 : 1;
                done = moved < properties.batchSize();
            }
        } finally {
            log.info(
                    "Archived {} orders that were closed before {}, in {} chunks and {} ms{}.",
                    orders,
                    closedBefore,
                    chunks,
                    Duration.between(start, clock.instant()).toMillis(),
                    done ? "" : "; then a chunk has failed, which is tried again the next time");
        }
    }
}
