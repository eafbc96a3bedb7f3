package dev.outbox.sample.user.application;

import java.time.Instant;

/**
 * What a client shows to be known.
 *
 * @param value a JWT
 * @param expiresAt from when on it is worth nothing
 */
public record AccessToken(String value, Instant expiresAt) {}
