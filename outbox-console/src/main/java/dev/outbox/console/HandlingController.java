package dev.outbox.console;

import dev.outbox.inbox.InboxHandling;
import dev.outbox.inbox.InboxHandlings;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What operators see of what consumers have recorded. Not final: an application may have an aspect around all controllers. */
@RestController
class HandlingController implements ConsoleController {
    private final InboxHandlings handlings;

    HandlingController(InboxHandlings handlings) {
        this.handlings = handlings;
    }

    /** Whether there is such an event is not known here: it may be another application's. */
    @GetMapping("/handlings/{eventId}")
    List<InboxHandling> handlings(@PathVariable("eventId") UUID eventId) {
        return handlings.of(eventId);
    }
}
