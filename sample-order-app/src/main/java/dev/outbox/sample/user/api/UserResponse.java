package dev.outbox.sample.user.api;

import dev.outbox.sample.user.domain.Role;
import dev.outbox.sample.user.domain.User;
import java.time.Instant;

/** A user, as clients see it. */
record UserResponse(long id, String email, Role role, Instant createdAt) {
    static UserResponse of(User user) {
        return new UserResponse(user.id(), user.email(), user.role(), user.createdAt());
    }
}
