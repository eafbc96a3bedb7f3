package dev.outbox.spi;

import java.lang.reflect.Type;

/**
 * How a payload becomes bytes when its event is published, and an object again where it is handled. The bytes outlive the classes that they were made of, and may be
 * read by other programs, so names of classes have no place in them: what an event is, is said by its event type. Implementations are safe for use by many threads.
 */
public interface PayloadFormat {
    /** The media type of the bytes, for example {@code application/json}; at most 100 characters, and always the same. */
    String contentType();

    /**
     * Turns a payload into bytes, in the transaction that publishes it.
     *
     * @param payload never null (an event without a payload is refused before), never a {@code byte[]} (those are stored as they are)
     * @return never null; empty only if the format has an empty form
     * @throws PayloadFormatException if the payload cannot be written; its text is shown to the caller, and shows nothing of the payload
     * @throws Exception whatever else went wrong; the caller is told its class, not its text, which may quote the payload
     */
    byte[] serialize(Object payload) throws Exception;

    /**
     * Makes an object of the bytes of a payload, decrypted if they were encrypted.
     *
     * @param payload never null; empty if it was published so
     * @param type what is wanted, with its type arguments, for example {@code List<Map<String, Item>>}; never {@code byte[]} (those are handed over as they are)
     * @return an object of that type, never null; what stands for null in the format is an error, like everything else that is no such object
     * @throws PayloadFormatException if the bytes are no such object: to read them again does not help; its text shows nothing of the payload
     * @throws Exception whatever else went wrong; its text may quote the payload, so it is not for logs
     */
    Object deserialize(byte[] payload, Type type) throws Exception;
}
