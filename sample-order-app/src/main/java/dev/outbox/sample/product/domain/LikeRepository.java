package dev.outbox.sample.product.domain;

/** Where it is kept who likes what. */
public interface LikeRepository {
    boolean exists(long userId, long productId);

    /**
     * Inserts at once. Waits while another transaction inserts or deletes the same one.
     *
     * @throws org.springframework.dao.DuplicateKeyException if there is one
     * @throws org.springframework.dao.DataIntegrityViolationException if there is no such user or product
     */
    void insert(long userId, long productId);

    /** Deletes at once, and returns whether there was one. Waits while another transaction deletes the same one. */
    boolean delete(long userId, long productId);
}
