package dev.outbox.sample.user.application;

import dev.outbox.sample.user.domain.EmailTakenException;
import dev.outbox.sample.user.domain.Role;
import dev.outbox.sample.user.domain.UnknownUserException;
import dev.outbox.sample.user.domain.User;
import dev.outbox.sample.user.domain.UserRepository;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** All users. */
@Service
public class Accounts {
    private final UserRepository users;
    private final PasswordEncoder passwords;
    private final Clock clock;

    Accounts(UserRepository users, PasswordEncoder passwords, Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * Adds a user. Without a transaction around it, because hashing takes its time: the one insert is a transaction of its own.
     *
     * @param password at most 72 bytes of UTF-8, which is what bcrypt looks at
     * @throws EmailTakenException if another user has the address
     */
    public User register(String email, String password, Role role) {
        User user = new User(
                email, passwords.encode(password), role, clock.instant().truncatedTo(ChronoUnit.MICROS));
        try {
            return users.saveAndFlush(user);
        } catch (DataIntegrityViolationException e) {
            throw new EmailTakenException(user.email());
        }
    }

    /** The user with this address, in upper or lower case. */
    public Optional<User> find(String email) {
        return users.findByEmail(User.normalized(email));
    }

    /**
     * Does nothing when there is a user with this id.
     *
     * @throws UnknownUserException if there is none
     */
    public void require(long userId) {
        if (!users.existsById(userId)) throw new UnknownUserException();
    }
}
