package dev.outbox.format;

import dev.outbox.spi.PayloadFormatException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said of an exception of Jackson's. Its own text quotes values, and so do its path and its cause; its class, the type that was wanted and the place do not. */
final class JsonProblem {
    private JsonProblem() {}

    /** @param type what could not be made or written; null if that is not known */
    static PayloadFormatException of(Exception problem, @Nullable Class<?> type, int line, int column) {
        Throwable first = firstCause(problem);
        StringBuilder text = new StringBuilder(problem.getClass().getSimpleName());
        if (type != null) text.append(" for ").append(type.getName());
        if (line > 0) text.append(" at line ").append(line).append(", column ").append(column);
        if (first != problem)
            text.append(", caused by ").append(first.getClass().getName());
        PayloadFormatException exception = new PayloadFormatException(text.toString());
        exception.setStackTrace(first.getStackTrace()); // of a getter or constructor that has thrown
        return exception;
    }

    static Object requireValue(@Nullable Object value) throws PayloadFormatException {
        if (value == null) throw new PayloadFormatException("it is null in JSON");
        return value;
    }

    static void requireJson(String formatName) {
        if (formatName.equals("JSON")) return;
        throw new IllegalArgumentException("the mapper writes %s instead of JSON".formatted(formatName));
    }

    /** Causes may go round in circles. */
    private static Throwable firstCause(Throwable problem) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        Throwable first = problem;
        for (Throwable cause = problem; cause != null && known.add(cause); cause = cause.getCause()) first = cause;
        return first;
    }
}
