package dev.outbox.sample.product.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.application.RetriedOnConflict;
import dev.outbox.sample.product.domain.LikeRepository;
import dev.outbox.sample.product.domain.ProductLiked;
import dev.outbox.sample.product.domain.ProductRepository;
import dev.outbox.sample.product.domain.ProductUnliked;
import dev.outbox.sample.product.domain.UnknownProductException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The one transaction in which a like is given or taken back: its row and the event, or nothing of it. The row is locked before the event is published, so the events of a
 * user and a product are in the order of the changes.
 */
@Component
class Liking {
    private final ProductRepository products;
    private final LikeRepository likes;
    private final OutboxPublisher outbox;

    Liking(ProductRepository products, LikeRepository likes, OutboxPublisher outbox) {
        this.products = products;
        this.likes = likes;
        this.outbox = outbox;
    }

    /**
     * @return whether the user did not like it before
     * @throws org.springframework.dao.DuplicateKeyException if the same user likes it in another transaction at once
     * @throws org.springframework.dao.DataIntegrityViolationException if there is no such user
     */
    @RetriedOnConflict
    @Transactional
    public boolean like(long userId, long productId) {
        requireProduct(productId);
        if (likes.exists(userId, productId)) return false;
        likes.insert(userId, productId);
        outbox.publish(new ProductLiked(productId, userId));
        return true;
    }

    /** @return whether the user has liked it */
    @RetriedOnConflict
    @Transactional
    public boolean unlike(long userId, long productId) {
        requireProduct(productId);
        if (!likes.delete(userId, productId)) return false;
        outbox.publish(new ProductUnliked(productId, userId));
        return true;
    }

    private void requireProduct(long productId) {
        if (!products.existsById(productId)) throw new UnknownProductException(productId);
    }
}
