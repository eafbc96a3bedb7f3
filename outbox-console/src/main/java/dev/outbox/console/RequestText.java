package dev.outbox.console;

import dev.outbox.OutboxOperations;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what requests say, or says what is wrong with it. */
final class RequestText {
    /** Before which line or event a page ends, unless the request says it. */
    static final String LATEST = Long.MAX_VALUE + "";

    /** How much a page has, unless the request says it. */
    static final String SIZE = "50";

    private RequestText() {}

    /** No condition if it is missing or empty, as forms send it. */
    static @Nullable String condition(String field, @Nullable String text) {
        return text == null || text.isEmpty() ? null : storable(field, text);
    }

    /** None if the list is missing. An empty value is refused: a list that shrinks unseen means more than was written. */
    static Set<String> texts(String field, @Nullable List<@Nullable String> values) {
        Set<String> texts = new LinkedHashSet<>();
        if (values == null) return texts;
        for (String value : values) {
            if (value == null || value.isEmpty())
                throw new InvalidRequestException(field, "One of its values is empty. Correct it, or leave it out.");
            texts.add(storable(field, value));
        }
        return texts;
    }

    static @Nullable Instant time(String field, @Nullable String text) {
        if (text == null || text.isEmpty()) return null;
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new InvalidRequestException(
                    field, "'%s' is no time. Write it like 2026-11-21T10:15:30Z.".formatted(text));
        }
    }

    static <E extends Enum<E>> E oneOf(Class<E> type, String field, @Nullable String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        field,
                        "%s is not known. It is one of %s."
                                .formatted(
                                        name == null ? "Nothing" : "'" + name + "'", String.join(", ", names(type)))));
    }

    private static String[] names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Enum::name).toArray(String[]::new);
    }

    static String reason(@Nullable String reason) {
        if (reason == null || reason.isBlank() || reason.length() > OutboxOperations.MAX_REASON)
            throw new InvalidRequestException(
                    "reason",
                    "The audit trail needs a reason of 1 to %d characters; this one has %d."
                            .formatted(
                                    OutboxOperations.MAX_REASON,
                                    reason == null ? 0 : reason.strip().length()));
        return storable("reason", reason);
    }

    static UUID id(String field, @Nullable String text) {
        try {
            return UUID.fromString(String.valueOf(text));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    field,
                    "'%s' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef."
                            .formatted(text));
        }
    }

    static int size(int size) {
        if (size >= 1 && size <= OutboxOperations.MAX_PAGE) return size;
        throw new InvalidRequestException(
                "size", "A page has 1 to %d entries, not %d.".formatted(OutboxOperations.MAX_PAGE, size));
    }

    /** PostgreSQL has no text with this character. */
    private static String storable(String field, String text) {
        if (text.indexOf('\0') < 0) return text;
        throw new InvalidRequestException(field, "It holds the character U+0000, which no text of an event has.");
    }
}
