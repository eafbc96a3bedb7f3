package dev.outbox.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.AuditEntry;
import dev.outbox.OutboxOperations;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators have done. Not final: an application may have an aspect around all controllers. */
@RestController
class AuditController implements ConsoleController {
    private final AuditTrail trail;

    AuditController(AuditTrail trail) {
        this.trail = trail;
    }

    /** Whose lines are read, such as {@link OutboxOperations#audit}. */
    @FunctionalInterface
    interface AuditTrail {
        List<AuditEntry> audit(long before, int size);
    }

    /**
     * Some lines of the audit trail, the latest first.
     *
     * @param next where to go on; null when nothing follows
     */
    record AuditPage(List<AuditEntry> lines, @Nullable Long next) {}

    @GetMapping("/audit")
    AuditPage audit(
            @RequestParam(defaultValue = RequestText.LATEST) long before,
            @RequestParam(defaultValue = RequestText.SIZE) int size) {
        List<AuditEntry> lines = trail.audit(before, RequestText.size(size));
        return new AuditPage(
                lines, lines.size() < size ? null : lines.get(size - 1).id());
    }

    /**
     * In the caller's thread, which is the one that has permissions; what is written is not kept. Bytes, not the response's writer: an error that comes before the first of them has left can then still be told as a problem.
     */
    @GetMapping(path = "/audit.csv", produces = "text/csv")
    void export(HttpServletResponse response) throws IOException {
        List<AuditEntry> page = trail.audit(Long.MAX_VALUE, OutboxOperations.MAX_PAGE);
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"outbox-audit.csv\"");
        Writer out = new OutputStreamWriter(response.getOutputStream(), UTF_8);
        AuditCsv csv = new AuditCsv(out);
        while (!page.isEmpty()) {
            for (AuditEntry line : page) csv.write(line);
            page = trail.audit(page.get(page.size() - 1).id(), OutboxOperations.MAX_PAGE);
        }
        out.flush();
    }
}
