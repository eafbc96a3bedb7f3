package dev.outbox.console;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterImpact;
import dev.outbox.inbox.DeadLetters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators see of what consumers have not handled. Not final: an application may have an aspect around all controllers. */
@RestController
class DeadLetterReadingController implements ConsoleController {
    private final DeadLetters letters;

    DeadLetterReadingController(DeadLetters letters) {
        this.letters = letters;
    }

    /**
     * Some dead letters in the order in which they came.
     *
     * @param next where to go on; null when nothing follows
     */
    record DeadLetterPage(
            List<DeadLetter> letters, @Nullable Long next) {}

    @GetMapping("/dead-letters")
    DeadLetterPage letters(
            @ModelAttribute DeadLetterFilterRequest filter,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = RequestText.SIZE) int size,
            HttpServletRequest request) {
        DeadLetterFilterRequest.refuseUnknown(request);
        List<DeadLetter> page = letters.list(filter.filter(), after, RequestText.size(size));
        return new DeadLetterPage(
                page, page.size() < size ? null : page.get(size - 1).position());
    }

    @GetMapping("/dead-letters/impact")
    DeadLetterImpact impact(@ModelAttribute DeadLetterFilterRequest filter, HttpServletRequest request) {
        DeadLetterFilterRequest.refuseUnknown(request);
        return letters.impact(filter.filter());
    }

    @GetMapping("/dead-letters/{eventId}")
    DeadLetter letter(
            @PathVariable("eventId") UUID eventId, @RequestParam(required = false) @Nullable String consumer) {
        String whose = DeadLetterFilterRequest.consumer(consumer);
        return letters.find(whose, eventId).orElseThrow(() -> new UnknownDeadLetterException(whose, eventId));
    }
}
