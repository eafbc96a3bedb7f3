package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxMessage;
import dev.outbox.spi.PayloadFormatException;
import java.lang.reflect.Type;

/** A payload is not what a listener takes: to try again does not help. Has no cause, because the texts of parsers quote what they have read. */
public final class UnreadablePayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadablePayloadException(InboxMessage message, Type type, Exception why) {
        super("The payload of %s cannot be read as %s: %s"
                .formatted(
                        message,
                        type.getTypeName(),
                        why instanceof PayloadFormatException
                                ? why.getMessage()
                                : why.getClass().getName()));
    }
}
