package dev.outbox.sample.user.domain;

import java.util.Optional;

/** Where users are kept. */
public interface UserRepository {
    /** Inserts at once, so that a taken address is found here and not at the end of the transaction. */
    User saveAndFlush(User user);

    /** @param email in lower case */
    Optional<User> findByEmail(String email);

    /** Whether there is one with this id. */
    boolean existsById(long id);
}
