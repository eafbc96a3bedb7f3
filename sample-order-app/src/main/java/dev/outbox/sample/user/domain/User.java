package dev.outbox.sample.user.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Somebody who is registered. */
@Entity
@Table(name = "users")
public class User {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String email;

    @Column(name = "password_hash")
    private String passwordHash;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Column(name = "created_at")
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected User() {}

    /**
     * A new user.
     *
     * @param email in upper or lower case
     * @param passwordHash never the password itself
     */
    public User(String email, String passwordHash, Role role, Instant createdAt) {
        this.email = normalized(email);
        this.passwordHash = passwordHash;
        this.role = role;
        this.createdAt = createdAt;
    }

    /** An address as it is kept and looked for: two that differ in case are one. */
    public static String normalized(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /** The number that the database gave when the user was saved. */
    public long id() {
        return Objects.requireNonNull(id, "not saved yet");
    }

    /** In lower case. */
    public String email() {
        return email;
    }

    /** Begins with the name of its algorithm in braces. */
    public String passwordHash() {
        return passwordHash;
    }

    public Role role() {
        return role;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
