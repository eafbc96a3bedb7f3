package dev.outbox.console;

import dev.outbox.Decision;
import dev.outbox.EventFilter;
import dev.outbox.EventPayload;
import dev.outbox.OutboxOperations;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What operators do, and what is on record because they have seen it. It takes JSON only, which no page of another site can send unasked. Not final: an application may have an aspect around all controllers. */
@RestController
class ChangingController implements ConsoleController {
    private final OutboxOperations operations;

    ChangingController(OutboxOperations operations) {
        this.operations = operations;
    }

    /** Why. */
    record ReasonRequest(@Nullable String reason) {}

    /** A decision about one event was made. */
    record Decided(boolean decided) {}

    @PostMapping("/events/{eventId}/approve")
    Decided approve(@PathVariable("eventId") UUID eventId, @RequestBody ReasonRequest why) {
        return decided(eventId, operations.approve(eventId, RequestText.reason(why.reason())));
    }

    @PostMapping("/events/{eventId}/discard")
    Decided discard(@PathVariable("eventId") UUID eventId, @RequestBody ReasonRequest why) {
        return decided(eventId, operations.discard(eventId, RequestText.reason(why.reason())));
    }

    private static Decided decided(UUID eventId, boolean decided) {
        if (!decided) throw new NotInQuarantineException(eventId);
        return new Decided(true);
    }

    /** No cache keeps it, in the browser or on the way. */
    @PostMapping("/events/{eventId}/payload")
    ResponseEntity<ShownPayload> payload(@PathVariable("eventId") UUID eventId, @RequestBody ReasonRequest why) {
        EventPayload payload = operations
                .payload(eventId, RequestText.reason(why.reason()))
                .orElseThrow(() -> new UnknownEventException(eventId));
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(ShownPayload.of(payload));
    }

    /** About which events, and why. */
    record DecisionRequest(
            @Nullable String reason, @Nullable FilterRequest filter) {
        /** Everything has to be asked for: it is no default. */
        EventFilter quarantined() {
            if (filter == null)
                throw new InvalidRequestException(
                        "filter", "It is missing. Give conditions, or {} for everything that is in quarantine.");
            return filter.filter();
        }
    }

    @PostMapping("/quarantine/approve")
    Decision approve(@RequestBody DecisionRequest decision) {
        return operations.approve(decision.quarantined(), RequestText.reason(decision.reason()));
    }

    @PostMapping("/quarantine/discard")
    Decision discard(@RequestBody DecisionRequest decision) {
        return operations.discard(decision.quarantined(), RequestText.reason(decision.reason()));
    }

    /** Whether something is other than it was before. */
    record Changed(boolean changed) {}

    @PostMapping("/pauses")
    Changed pause(@RequestBody PauseRequest pause) {
        return new Changed(operations.pause(pause.pause(), RequestText.reason(pause.reason())));
    }

    @PostMapping("/pauses/resume")
    Changed resume(@RequestBody PauseRequest pause) {
        return new Changed(operations.resume(pause.pause(), RequestText.reason(pause.reason())));
    }
}
