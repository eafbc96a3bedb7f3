package dev.outbox.console;

import dev.outbox.AuditEntry;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lines of the audit trail as comma-separated values (RFC 4180). Cells that a spreadsheet would run as a formula begin with an apostrophe, as OWASP advises
 * (<a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>): operators write what others open.
 */
final class AuditCsv {
    /** The last four are the wide ones of East Asian keyboards. */
    private static final String FORMULA_STARTS = "=+-@＝＋－＠";

    private final Writer out;

    /** Writes the heading. */
    AuditCsv(Writer out) throws IOException {
        this.out = out;
        row("id", "at", "operator", "action", "subject", "eventId", "reason");
    }

    void write(AuditEntry line) throws IOException {
        row(line.id(), line.at(), line.operator(), line.action(), line.subject(), line.eventId(), line.reason());
    }

    private void row(@Nullable Object... cells) throws IOException {
        out.write(Arrays.stream(cells).map(AuditCsv::cell).collect(Collectors.joining(",", "", "\r\n")));
    }

    private static String cell(@Nullable Object value) {
        String text = Objects.toString(value, "");
        return '"' + (isRun(text) ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }

    private static boolean isRun(String text) {
        if (text.startsWith("\t") || text.startsWith("\r") || text.startsWith("\n")) return true;
        String begun = text.strip();
        return !begun.isEmpty() && FORMULA_STARTS.indexOf(begun.charAt(0)) >= 0;
    }
}
