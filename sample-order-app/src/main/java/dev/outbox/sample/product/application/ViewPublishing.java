package dev.outbox.sample.product.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.product.domain.ProductsViewed;
import java.util.SortedMap;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The one transaction in which views are published: all that were counted, or none. */
@Component
class ViewPublishing {
    private final OutboxPublisher outbox;

    ViewPublishing(OutboxPublisher outbox) {
        this.outbox = outbox;
    }

    /** @param views of each product, by its id */
    @Transactional
    public void publish(SortedMap<Long, Long> views) {
        outbox.publishAll(ProductsViewed.of(views));
    }
}
