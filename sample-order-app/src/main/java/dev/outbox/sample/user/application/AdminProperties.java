package dev.outbox.sample.user.application;

import dev.outbox.sample.settings.UnusableSettingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * The first ADMIN, whom nobody else could make one. None by default.
 *
 * @param email created at the start as an ADMIN if there is no such user; null for none
 * @param password 12 characters to 72 bytes; not changed where the user exists already; null for none
 */
@ConfigurationProperties("sample.admin")
record AdminProperties(@Nullable String email, @Nullable String password) {
    private static final int SHORTEST = 12;
    private static final int LONGEST = 72;

    /** Whether there is one; a setting that is empty is none. */
    boolean isSet() {
        return StringUtils.hasText(email) || StringUtils.hasText(password);
    }

    /** @throws UnusableSettingException if it is not one to log in with */
    void check() {
        if (email == null || !email.matches("[\\p{Graph}&&[^@]]+@[\\p{Graph}&&[^@]]+") || email.length() > 254)
            throw new UnusableSettingException(
                    "sample.admin.email is missing or no address, and a first ADMIN needs one.",
                    "Set both (SAMPLE_ADMIN_EMAIL and SAMPLE_ADMIN_PASSWORD) or neither.");
        if (password == null
                || password.length() < SHORTEST
                || password.getBytes(StandardCharsets.UTF_8).length > LONGEST)
            throw new UnusableSettingException(
                    "sample.admin.password is missing, or is not between %d characters and %d bytes long."
                            .formatted(SHORTEST, LONGEST),
                    "Set SAMPLE_ADMIN_PASSWORD to a random text, such as the output of: openssl rand -base64 24");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "AdminProperties[email=%s]".formatted(email);
    }
}
