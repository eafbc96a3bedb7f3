package dev.outbox.spi;

/**
 * A payload cannot be written or read in a {@link PayloadFormat}. The text says what is wrong with it and where, and shows nothing of its contents; that is why
 * there is no cause: the texts of parsers quote what they have read.
 */
public final class PayloadFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message goes into logs and other exceptions, so nothing of the payload belongs into it */
    public PayloadFormatException(String message) {
        super(message);
    }
}
