package dev.outbox.sample.product.infra;

import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.sample.inventory.domain.ProductSoldOut;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Evicts products of which there is nothing left, once more: the process that has sold the last piece does so after its commit, unless it dies in between, or does not reach Redis. Where Redis
 * does not answer, this waits for it.
 */
@RunsIn(ProcessRole.STREAMER)
@Component
class SoldOutProducts {
    private final ProductEviction eviction;

    SoldOutProducts(ProductEviction eviction) {
        this.eviction = eviction;
    }

    @KafkaListener(topics = "products")
    @Inbox(value = "product-cache", onFailure = FailedEventPolicy.CONTINUE)
    void evict(ProductSoldOut product) {
        eviction.evictAtOnce(product.productId());
    }
}
