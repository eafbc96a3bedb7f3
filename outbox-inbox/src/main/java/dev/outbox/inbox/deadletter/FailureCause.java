package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Why a record failed, in words that may be stored and logged: class and message of the exception, and of its root cause. A message that may quote the payload is left out: of an encrypted event every one
 * that is not the outbox's own; otherwise those of parsers and databases, which quote what they complain of, and those in which something of the payload is found.
 *
 * @param exception the name of the class
 * @param text at most {@value #LONGEST} characters
 */
public record FailureCause(String exception, String text) {
    static final int LONGEST = 2000;

    private static final List<String> QUOTING = List.of(
            "com.fasterxml.jackson.",
            "tools.jackson.",
            "com.google.gson.",
            "com.google.protobuf.",
            "jakarta.json.",
            "org.apache.avro.",
            "org.apache.kafka.common.errors.SerializationException",
            "org.springframework.core.convert.",
            "org.springframework.messaging.",
            "org.springframework.kafka.support.",
            "org.springframework.dao.DataIntegrityViolationException",
            "org.springframework.dao.DuplicateKeyException",
            "org.springframework.jdbc.",
            "org.hibernate.",
            "java.sql.",
            "java.time.format.DateTimeParseException",
            "java.lang.NumberFormatException",
            "org.postgresql.",
            "com.mysql.",
            "org.mariadb.",
            "org.h2.");

    /** Between what a message says by itself and what it quotes. */
    private static final Pattern SEAMS = Pattern.compile("[\"'`“”‘’=\\[\\]{}()<>]|: ");

    private static final int SHORTEST_QUOTATION = 4;

    /** Of {@code failure} without what Spring Kafka has wrapped around it. */
    public static FailureCause of(Throwable failure, ConsumerRecord<?, ?> record) {
        Throwable told = unwrapped(failure);
        Throwable root = told;
        boolean quoting = false;
        for (Throwable cause : Causes.of(told)) {
            quoting |= mayQuote(cause, record);
            root = cause;
        }
        String text = describe(told, quoting);
        if (root != told) text += " (caused by " + describe(root, quoting) + ")";
        return new FailureCause(told.getClass().getName(), cut(text));
    }

    /** What the application, or the inbox itself, has thrown. */
    public static Throwable unwrapped(Throwable failure) {
        for (Throwable cause : Causes.of(failure)) {
            if (cause.getCause() == null || !isWrapper(cause)) return cause;
        }
        return failure;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure.getClass().getName().startsWith("org.springframework.kafka.listener.")
                || failure instanceof ExecutionException
                || failure instanceof CompletionException
                || failure instanceof InvocationTargetException
                || failure instanceof UndeclaredThrowableException;
    }

    private static boolean mayQuote(Throwable failure, ConsumerRecord<?, ?> record) {
        String name = failure.getClass().getName();
        // their messages are made not to
        if (name.startsWith("dev.outbox.")) return false;
        if (record.headers().lastHeader("ce_encryptionkeyid") != null) return true;
        return QUOTING.stream().anyMatch(name::startsWith) || quotes(failure.getMessage(), record.value());
    }

    private static boolean quotes(@Nullable String message, @Nullable Object value) {
        if (message == null || !(value instanceof byte[] bytes)) return false;
        String payload = new String(bytes, UTF_8);
        return SEAMS.splitAsStream(message)
                .anyMatch(piece -> piece.length() >= SHORTEST_QUOTATION && payload.contains(piece));
    }

    private static String describe(Throwable failure, boolean quoting) {
        String name = failure.getClass().getName();
        return quoting || failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }

    /** Not in the middle of a character, and without what PostgreSQL does not store. */
    private static String cut(String text) {
        String stored = text.replace('\0', ' ');
        if (stored.length() <= LONGEST) return stored;
        int end = Character.isHighSurrogate(stored.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
        return stored.substring(0, end) + "…";
    }
}
