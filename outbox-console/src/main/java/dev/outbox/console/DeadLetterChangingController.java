package dev.outbox.console;

import dev.outbox.console.ChangingController.Decided;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.UnknownConsumerException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What operators do with what consumers have not handled; takes JSON only, as {@link ChangingController} does. Not final: an application may have an aspect around all controllers. */
@RestController
class DeadLetterChangingController implements ConsoleController {
    /** The client waits for the answer meanwhile. */
    private static final int USUAL_LIMIT = 100;

    private final DeadLetters letters;

    DeadLetterChangingController(DeadLetters letters) {
        this.letters = letters;
    }

    /** Which dead letters to redrive, how many of them at most, and why. */
    record RedriveRequest(
            @Nullable String reason,
            @Nullable DeadLetterFilterRequest filter,
            @Nullable Integer limit) {
        DeadLetterFilter meant() {
            if (filter == null)
                throw new InvalidRequestException(
                        "filter", "It is missing. Name at least the consumer, as in {\"consumer\": \"notification\"}.");
            return filter.filter();
        }

        int most() {
            if (limit == null) return USUAL_LIMIT;
            if (limit >= 1 && limit <= DeadLetters.MOST) return limit;
            throw new InvalidRequestException(
                    "limit", "One request redrives 1 to %d dead letters, not %d.".formatted(DeadLetters.MOST, limit));
        }
    }

    @PostMapping("/dead-letters/redrive")
    RedriveResult redrive(@RequestBody RedriveRequest redrive) {
        DeadLetterFilter meant = redrive.meant();
        try {
            return letters.redrive(meant, redrive.most(), RequestText.reason(redrive.reason()));
        } catch (UnknownConsumerException e) {
            throw new InvalidRequestException("consumer", String.valueOf(e.getMessage()));
        }
    }

    /** Whose dead letter to discard, and why. */
    record DiscardRequest(
            @Nullable String consumer, @Nullable String reason) {}

    @PostMapping("/dead-letters/{eventId}/discard")
    Decided discard(@PathVariable("eventId") UUID eventId, @RequestBody DiscardRequest discard) {
        String whose = DeadLetterFilterRequest.consumer(discard.consumer());
        if (!letters.discard(whose, eventId, RequestText.reason(discard.reason())))
            throw new DeadLetterGoneException(whose, eventId);
        return new Decided(true);
    }
}
