package dev.outbox.console;

import dev.outbox.OutboxPause;
import org.jspecify.annotations.Nullable;

/**
 * What to pause or to resume, and why.
 *
 * @param scope that of {@link OutboxPause}
 * @param target the topic or the lane; missing for everything
 */
record PauseRequest(
        @Nullable String scope,
        @Nullable String target,
        @Nullable String reason) {
    OutboxPause pause() {
        OutboxPause.Scope known = RequestText.oneOf(OutboxPause.Scope.class, "scope", scope);
        String named = RequestText.condition("target", target);
        try {
            return new OutboxPause(known, named == null ? "" : named);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "target",
                    "%s A TOPIC has its name, a LANE its number, and EVERYTHING nothing.".formatted(e.getMessage()));
        }
    }
}
