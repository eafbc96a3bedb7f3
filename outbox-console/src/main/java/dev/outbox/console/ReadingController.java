package dev.outbox.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.AuditEntry;
import dev.outbox.EventPage;
import dev.outbox.EventState;
import dev.outbox.Impact;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.QuarantineGroup;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators see. Not final: an application may have an aspect around all controllers. */
@RestController
class ReadingController {
    private static final String LATEST = Long.MAX_VALUE + "";
    private static final String SIZE = "50";

    private final OutboxOperations operations;

    ReadingController(OutboxOperations operations) {
        this.operations = operations;
    }

    @GetMapping("/events")
    EventPage events(
            @ModelAttribute FilterRequest filter,
            @RequestParam(defaultValue = LATEST) long before,
            @RequestParam(defaultValue = SIZE) int size,
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

    /**
     * Some lines of the audit trail, the latest first.
     *
     * @param next where to go on; null when nothing follows
     */
    record AuditPage(List<AuditEntry> lines, @Nullable Long next) {}

    @GetMapping("/audit")
    AuditPage audit(@RequestParam(defaultValue = LATEST) long before, @RequestParam(defaultValue = SIZE) int size) {
        List<AuditEntry> lines = operations.audit(before, RequestText.size(size));
        return new AuditPage(
                lines, lines.size() < size ? null : lines.get(size - 1).id());
    }

    /**
     * In the caller's thread, which is the one that has permissions; what is written is not kept. Bytes, not the response's writer: an error that comes before the first of them has left can then still be told as a problem.
     */
    @GetMapping(path = "/audit.csv", produces = "text/csv")
    void export(HttpServletResponse response) throws IOException {
        List<AuditEntry> page = operations.audit(Long.MAX_VALUE, OutboxOperations.MAX_PAGE);
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"outbox-audit.csv\"");
        Writer out = new OutputStreamWriter(response.getOutputStream(), UTF_8);
        AuditCsv csv = new AuditCsv(out);
        while (!page.isEmpty()) {
            for (AuditEntry line : page) csv.write(line);
            page = operations.audit(page.get(page.size() - 1).id(), OutboxOperations.MAX_PAGE);
        }
        out.flush();
    }
}
