package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to start, and why.
 *
 * @param token that of a dry run
 * @param mode has no default: what consumers do depends on it
 * @param consumers missing for none
 * @param eventsPerSecond missing for {@value ReplayRequest#DEFAULT_RATE}
 */
record ReplayStartRequest(
        @Nullable String token,
        @Nullable String mode,
        @Nullable List<@Nullable String> consumers,
        @Nullable Integer eventsPerSecond,
        @Nullable String reason) {
    /** A misspelt rate or consumer that is ignored would send otherwise than was written. */
    @JsonAnySetter
    void refuse(String part, @Nullable Object value) {
        throw new InvalidRequestException(
                part,
                "There is no such part of a start. The parts are consumers, eventsPerSecond, mode, reason, token.");
    }

    ReplayRequest request() {
        if (token == null || token.isBlank())
            throw new InvalidRequestException(
                    "token", "It is missing. Make a dry run, and start with the token that it returns.");
        ReplayMode known = RequestText.oneOf(ReplayMode.class, "mode", mode);
        ReplayRequest request = forConsumers(token, known, RequestText.texts("consumers", consumers));
        return eventsPerSecond == null ? request : atMost(request, eventsPerSecond);
    }

    private static ReplayRequest forConsumers(String token, ReplayMode mode, Set<String> consumers) {
        try {
            return new ReplayRequest(token, mode, consumers, ReplayRequest.DEFAULT_RATE);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("consumers", String.valueOf(e.getMessage()));
        }
    }

    private static ReplayRequest atMost(ReplayRequest request, int eventsPerSecond) {
        try {
            return request.atMost(eventsPerSecond);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("eventsPerSecond", String.valueOf(e.getMessage()));
        }
    }
}
