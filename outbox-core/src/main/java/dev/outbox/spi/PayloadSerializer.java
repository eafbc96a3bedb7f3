package dev.outbox.spi;

/** Turns a payload into bytes when its event is published. Implementations are safe for use by many threads. */
public interface PayloadSerializer {
    /** The media type of the bytes, for example {@code application/json}; at most 100 characters. */
    String contentType();

    /**
     * Serialises a payload.
     *
     * @param payload never null, never a {@code byte[]} (those are stored as they are)
     * @throws Exception whatever went wrong; the publisher reports it to the caller with the event's type
     */
    byte[] serialize(Object payload) throws Exception;
}
