package dev.outbox;

/**
 * The payload of an event, as it was before it was encrypted if it was.
 *
 * @param contentType its media type, as whoever published it has named it
 * @param bytes not copied
 */
public record EventPayload(
        String contentType,
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes) {
    /** Shows the payload to nobody. */
    @Override
    public String toString() {
        return "a payload of %d bytes".formatted(bytes.length);
    }
}
