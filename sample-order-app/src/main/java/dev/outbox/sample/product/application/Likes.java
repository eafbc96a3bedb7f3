package dev.outbox.sample.product.application;

import dev.outbox.sample.user.application.Accounts;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/**
 * Who likes what. A user likes a product or does not, however often and however concurrently this is said; each change publishes one event, and what changes nothing publishes none.
 *
 * <p>Has no transaction of its own: of two requests of a user at once, the one that loses finds its own rolled back by the database.
 */
@Service
public class Likes {
    private final Liking liking;
    private final Accounts accounts;

    Likes(Liking liking, Accounts accounts) {
        this.liking = liking;
        this.accounts = accounts;
    }

    /**
     * Lets a user like a product.
     *
     * @return whether the user did not before
     * @throws dev.outbox.sample.product.domain.UnknownProductException if there is no such product
     * @throws dev.outbox.sample.user.domain.UnknownUserException if there is no such user
     */
    public boolean like(long userId, long productId) {
        try {
            return liking.like(userId, productId);
        } catch (DuplicateKeyException e) {
            // another request of the same user was faster, and has published the event
            return false;
        } catch (DataIntegrityViolationException e) {
            accounts.require(userId);
            throw e;
        }
    }

    /**
     * Takes a like back.
     *
     * @return whether there was one
     * @throws dev.outbox.sample.product.domain.UnknownProductException if there is no such product
     */
    public boolean unlike(long userId, long productId) {
        return liking.unlike(userId, productId);
    }
}
