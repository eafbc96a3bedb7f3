package dev.outbox.inbox;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Reads the times of events: the form in which the relay mostly writes them, to the microsecond in UTC, without a parser for all forms, which {@link Instant#parse} is; it reads the others. */
final class EventTime {
    private static final String FORM = "0000-00-00T00:00:00.000000Z";
    private static final int LAST_HOUR = 23;
    private static final int LAST_SECOND = 59;
    private static final int NANOS_OF_A_MICROSECOND = 1000;

    private EventTime() {}

    /** @throws DateTimeException if it is none */
    static Instant parse(String text) {
        // an hour of 24 and a leap second are not of the usual form either
        if (!isUsual(text) || number(text, 11, 13) > LAST_HOUR || number(text, 17, 19) > LAST_SECOND)
            return Instant.parse(text);
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 7),
                        number(text, 8, 10),
                        number(text, 11, 13),
                        number(text, 14, 16),
                        number(text, 17, 19),
                        number(text, 20, 26) * NANOS_OF_A_MICROSECOND)
                .toInstant(ZoneOffset.UTC);
    }

    private static boolean isUsual(String text) {
        if (text.length() != FORM.length()) return false;
        for (int i = 0; i < FORM.length(); i++) {
            char c = text.charAt(i);
            if (FORM.charAt(i) == '0' ? c < '0' || c > '9' : c != FORM.charAt(i)) return false;
        }
        return true;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
