package dev.outbox.operate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.DryRun;
import dev.outbox.InvalidReplayTokenException;
import dev.outbox.ReplayPlan;
import dev.outbox.store.ReplayPlanJson;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a dry run has shown, as whoever starts the replay hands it back: signed with HMAC-SHA256, so that what is started is what was shown.
 *
 * @param upTo the highest sequence that is meant
 * @param events how many were announced
 * @param exact whether they were counted
 * @param shownAt when, by the database's clock
 */
record PlanToken(ReplayPlan plan, long upTo, long events, boolean exact, Instant shownAt) {
    /** How long a token can be used. What is shown grows old: events are published, and retention removes some. */
    static final Duration VALID = Duration.ofHours(1);

    /** The database's clock and that of this process may differ a little. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int FIELDS = 5;

    static PlanToken of(ReplayPlan plan, DryRun shown) {
        return new PlanToken(plan, shown.upTo(), shown.events(), shown.exact(), shown.shownAt());
    }

    String signed(byte[] secret) {
        byte[] text = "%d %d %b %s %s"
                .formatted(upTo, events, exact, shownAt, ReplayPlanJson.write(plan))
                .getBytes(UTF_8);
        return encode(text) + "." + encode(signature(text, secret));
    }

    /** @throws InvalidReplayTokenException if it was not signed with this secret, or too long ago */
    static PlanToken read(String token, byte[] secret, Instant now) {
        PlanToken read = read(token, secret);
        if (read.shownAt.plus(VALID).isBefore(now) || read.shownAt.isAfter(now.plus(AHEAD)))
            throw new InvalidReplayTokenException(
                    "This dry run is of %s, and can be used for %d minutes only. Make it again, and start with the token that it returns."
                            .formatted(read.shownAt, VALID.toMinutes()));
        return read;
    }

    private static PlanToken read(String token, byte[] secret) {
        try {
            int dot = token.indexOf('.');
            byte[] text = Base64.getUrlDecoder().decode(token.substring(0, Math.max(dot, 0)));
            byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
            if (!MessageDigest.isEqual(signature, signature(text, secret))) throw unknown();
            String[] fields = new String(text, UTF_8).split(" ", FIELDS);
            return new PlanToken(
                    ReplayPlanJson.read(fields[4]),
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Boolean.parseBoolean(fields[2]),
                    Instant.parse(fields[3]));
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
    }

    /** The same for the same token, and for no other: of two starts with one token the second finds the first. */
    static UUID replayId(String token) {
        return UUID.nameUUIDFromBytes(token.getBytes(UTF_8));
    }

    private static InvalidReplayTokenException unknown() {
        return new InvalidReplayTokenException(
                "This is no token of a dry run on these tables: it was changed, or comes from another database. Make a dry run, and start with the token that it returns.");
    }

    private static byte[] signature(byte[] text, byte[] secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM + ".", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
