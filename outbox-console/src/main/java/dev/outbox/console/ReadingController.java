package dev.outbox.console;

import dev.outbox.EventPage;
import dev.outbox.EventState;
import dev.outbox.Impact;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxState;
import dev.outbox.QuarantineGroup;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators see. Not final: an application may have an aspect around all controllers. */
@RestController
class ReadingController implements ConsoleController {
    private final OutboxOperations operations;

    ReadingController(OutboxOperations operations) {
        this.operations = operations;
    }

    @GetMapping("/state")
    OutboxState state() {
        return operations.state();
    }

    @GetMapping("/events")
    EventPage events(
            @ModelAttribute FilterRequest filter,
            @RequestParam(defaultValue = RequestText.LATEST) long before,
            @RequestParam(defaultValue = RequestText.SIZE) int size,
            HttpServletRequest request) {
        FilterRequest.refuseUnknown(request);
        return operations.events(filter.filter(), before, RequestText.size(size));
    }

    @GetMapping("/events/{eventId}")
    EventState event(@PathVariable("eventId") UUID eventId) {
        return operations.find(eventId).orElseThrow(() -> new UnknownEventException(eventId));
    }

    @GetMapping("/quarantine")
    List<QuarantineGroup> quarantine() {
        return operations.quarantine();
    }

    @GetMapping("/quarantine/impact")
    Impact impact(@ModelAttribute FilterRequest filter, HttpServletRequest request) {
        FilterRequest.refuseUnknown(request);
        return operations.impact(filter.filter());
    }

    @GetMapping("/pauses")
    List<OutboxPause> pauses() {
        return operations.pauses();
    }
}
